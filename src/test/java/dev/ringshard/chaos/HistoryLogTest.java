package dev.ringshard.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.bank.Account;
import dev.ringshard.chaos.Operation.Post;
import dev.ringshard.chaos.Operation.Read;
import dev.ringshard.chaos.Operation.Total;
import dev.ringshard.chaos.Operation.Transfer;
import dev.ringshard.chaos.Outcome.AlreadyApplied;
import dev.ringshard.chaos.Outcome.Applied;
import dev.ringshard.chaos.Outcome.InTransit;
import dev.ringshard.chaos.Outcome.Insufficient;
import dev.ringshard.chaos.Outcome.Refunded;
import dev.ringshard.chaos.Outcome.Refused;
import dev.ringshard.chaos.Outcome.Seen;
import dev.ringshard.chaos.Outcome.Summed;
import dev.ringshard.chaos.Outcome.Unknown;
import dev.ringshard.chaos.Outcome.Wrong;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryLogTest {
    private static final Post POST =
            new Post("c-1", Account.RETIREMENT_401K, -1234, "a-1", true, Duration.ofMillis(70));

    private static final Transfer TRANSFER =
            new Transfer("c-1", Account.CHECKING, "c-2", Account.RETIREMENT_401K, 1234, "a-2");

    @TempDir
    Path directory = Path.of("");

    @Test
    void what_is_written_is_read_again() throws IOException {
        Path file = directory.resolve("client-1.history");
        List<Operation> operations =
                List.of(POST, TRANSFER, POST, TRANSFER, TRANSFER, new Read("c-1"), new Total(), POST, POST, POST);
        List<Outcome> outcomes = List.of(
                new Applied(-5),
                new AlreadyApplied(6),
                new Insufficient(7),
                new InTransit(70),
                new Refunded(71),
                new Seen(8, new Holdings(9, -10, 11)),
                new Summed(12, 13),
                new Refused("shard eu-1 is away"),
                new Unknown("no answer\nat all"),
                new Wrong(""));
        try (HistoryLog log = new HistoryLog(file)) {
            for (int i = 0; i < operations.size(); i++) {
                log.returned(log.called(operations.get(i)), outcomes.get(i));
            }
        }

        List<Invocation> read = History.read(List.of(file)).invocations();

        assertThat(read).extracting(Invocation::operation).isEqualTo(operations);
        assertThat(read).extracting(Invocation::client).containsOnly("client-1");
        assertThat(read.subList(0, 8)).extracting(Invocation::outcome).isEqualTo(outcomes.subList(0, 8));
        assertThat(read.get(8).outcome()).isEqualTo(new Unknown("no answer at all"));
        assertThat(read.get(8).returned()).isEqualTo(Invocation.NEVER);
        assertThat(read.get(9).outcome()).isEqualTo(new Wrong(""));
        assertThat(read.subList(0, 8)).allMatch(one -> one.called() <= one.returned());
    }

    @Test
    void an_operation_is_on_file_before_it_begins() throws IOException {
        Path file = directory.resolve("client-1.history");
        try (HistoryLog log = new HistoryLog(file)) {
            log.called(POST);

            assertThat(History.read(List.of(file)).invocations())
                    .singleElement()
                    .satisfies(one -> assertThat(one.isUnknown()).isTrue())
                    .satisfies(one -> assertThat(one.returned()).isEqualTo(Invocation.NEVER));
        }
    }

    @Test
    void a_line_that_the_death_of_its_client_cut_off_does_not_count() throws IOException {
        Path file = directory.resolve("client-1.history");
        try (HistoryLog log = new HistoryLog(file)) {
            log.called(POST);
        }
        Files.writeString(file, "return 1 99999999999999 applied 1", StandardOpenOption.APPEND);

        assertThat(History.read(List.of(file)).invocations())
                .singleElement()
                .satisfies(one -> assertThat(one.isUnknown()).isTrue());
    }

    @Test
    void a_client_that_died_before_its_first_line_left_an_empty_history() throws IOException {
        Path file = Files.writeString(directory.resolve("client-1.history"), "call 1 5");

        assertThat(History.read(List.of(file)).invocations()).isEmpty();
    }
}
