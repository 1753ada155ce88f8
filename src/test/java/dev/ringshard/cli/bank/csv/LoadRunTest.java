package dev.ringshard.cli.bank.csv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.cli.Cli;
import dev.ringshard.cli.bank.csv.LoadLine.Outcome;
import dev.ringshard.cli.screen.ExitCode;
import dev.ringshard.cli.screen.ScreenStyle;
import dev.ringshard.cli.screen.Terminal;
import dev.ringshard.failure.OutcomeUnknownException;
import dev.ringshard.failure.ShardUnavailableException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How lines get to the shards; what they do there, {@link LoadTest} shows. */
class LoadRunTest {
    @TempDir
    Path directory = Path.of("");

    private final AtomicInteger time = new AtomicInteger();
    private final StringWriter err = new StringWriter();
    private final LoadTally tally = new LoadTally(20);

    @Test
    void lines_of_one_customer_are_done_in_the_order_of_the_file() throws IOException {
        Map<String, List<String>> done = new ConcurrentHashMap<>();
        Optional<LoadStop> stop = load(2000, () -> false, line -> {
            done.computeIfAbsent(line.key(), key -> new CopyOnWriteArrayList<>())
                    .add(((TransactionLine) line).id().value());
            return Outcome.APPLIED;
        });

        assertThat(stop).isEmpty();
        assertThat(tally.count(Outcome.APPLIED)).isEqualTo(2000);
        done.forEach((key, ids) -> assertThat(ids)
                .isEqualTo(IntStream.range(0, 2000)
                        .filter(i -> key.equals("c-" + i % 7))
                        .mapToObj(i -> "t" + i)
                        .toList()));
    }

    /** Each pays the next one, who can pay only what has come before. */
    @Test
    void lines_of_two_customers_are_done_in_the_order_of_the_file_for_both() throws IOException {
        Map<String, List<String>> done = new ConcurrentHashMap<>();
        String content = IntStream.range(0, 500)
                .mapToObj(i -> "t%d,c-%d,SAVINGS,c-%d,SAVINGS,1.00\n".formatted(i, i * 5 % 13, i * 7 % 13 + 20))
                .collect(Collectors.joining(
                        "", "operation_id,customer_key,account,to_customer_key,to_account,amount\n", ""));

        Optional<LoadStop> stop = load(LoadKind.TRANSFERS, content, () -> false, line -> {
            String id = ((TransferLine) line).id().value();
            line.keys().forEach(key -> done.computeIfAbsent(key, one -> new CopyOnWriteArrayList<>())
                    .add(id));
            return Outcome.TRANSFERRED;
        });

        assertThat(stop).isEmpty();
        assertThat(done).hasSize(26);
        done.forEach((key, ids) -> assertThat(ids)
                .isEqualTo(IntStream.range(0, 500)
                        .filter(i -> key.equals("c-" + i * 5 % 13) || key.equals("c-" + (i * 7 % 13 + 20)))
                        .mapToObj(i -> "t" + i)
                        .toList()));
    }

    @Test
    void a_failure_stops_the_load_with_most_lines_not_begun() throws IOException {
        Optional<LoadStop> stop = load(20_000, () -> false, line -> {
            throw ShardUnavailableException.unreachable("eu-1", "eu-1 is away.", "Repeat it.", null);
        });

        assertThat(stop).contains(new LoadStop(ExitCode.FAILED, "eu-1 is away. Repeat it."));
        assertThat(tally.lines()).isZero();
    }

    @Test
    void an_outcome_that_stays_unknown_ends_with_4() throws IOException {
        Optional<LoadStop> stop = load(10, () -> false, line -> {
            throw new OutcomeUnknownException("No answer.");
        });

        assertThat(stop).contains(new LoadStop(ExitCode.OUTCOME_UNKNOWN, "No answer."));
    }

    @Test
    void a_request_to_stop_leaves_the_rest_undone() throws IOException {
        Optional<LoadStop> stop = load(1000, () -> tally.count(Outcome.APPLIED) > 10, line -> Outcome.APPLIED);

        assertThat(stop).contains(LoadStop.INTERRUPTED);
        assertThat(tally.lines()).isBetween(10L, 999L);
    }

    @Test
    void progress_that_is_piped_is_a_plain_line_every_two_seconds() throws IOException {
        load(1000, () -> false, line -> Outcome.APPLIED);
        assertThat(err.toString().lines())
                .isNotEmpty()
                .allMatch(line -> line.matches("loading: [0-9,]+ lines, [0-9]+ %, [0-9,]+/s, .* left"));
    }

    /** Each look at the clock finds 10 ms gone. */
    private Optional<LoadStop> load(
            int lines, java.util.function.BooleanSupplier isInterrupted, Function<LoadLine, Outcome> work)
            throws IOException {
        String content = IntStream.range(0, lines)
                .mapToObj(i -> "t%d,c-%d,SAVINGS,1.00\n".formatted(i, i % 7))
                .collect(Collectors.joining("", "operation_id,customer_key,account,amount\n", ""));
        return load(LoadKind.TRANSACTIONS, content, isInterrupted, work);
    }

    private Optional<LoadStop> load(
            LoadKind kind,
            String content,
            java.util.function.BooleanSupplier isInterrupted,
            Function<LoadLine, Outcome> work)
            throws IOException {
        String file = new Cli(directory).file("t.csv", content);
        Terminal terminal = new Terminal(
                new PrintWriter(new StringWriter()),
                new PrintWriter(err),
                OutputStream.nullOutputStream(),
                ScreenStyle.PLAIN,
                false,
                "ringshard",
                () -> 10_000_000L * time.incrementAndGet());
        try (LoadInput input = new CsvInput(Map.of(kind, Path.of(file)))) {
            return new LoadRun("loading", terminal, tally, key -> {}, isInterrupted)
                    .run(input, 4, new SingleLineProcessor(tally, work));
        }
    }
}
