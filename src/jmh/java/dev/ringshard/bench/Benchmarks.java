package dev.ringshard.bench;

import dev.ringshard.cli.command.FailureHandler;
import dev.ringshard.cli.screen.Terminal;
import dev.ringshard.config.DatabaseKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.h2.engine.Constants;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.Option;

/**
 * All benchmarks, as one page of Markdown with pictures; {@code cluster} measures shards of one's own instead.
 *
 * <pre>{@code
 * ./mvnw -q -Pbench -DskipTests test-compile exec:exec -Dbench="--long"
 * ./mvnw -q -Pbench -DskipTests test-compile exec:exec -Dbench="cluster --config bank.yaml"
 * }</pre>
 */
@Command(name = "benchmarks", mixinStandardHelpOptions = true)
public final class Benchmarks implements Callable<Integer> {
    private static final Path DOCS = Path.of("src", "docs");

    @Option(names = "--long", description = "Longer slices, more rounds, more threads, more rows.")
    boolean isLong;

    @Option(names = "--only", split = ",", description = "Some of: ${COMPLETION-CANDIDATES}.")
    List<Part> only = List.of(Part.values());

    @Option(names = "--docs", description = "Write to src/docs, too, where the documents find them.")
    boolean docs;

    @Option(names = "--out", description = "Where to write; default: ${DEFAULT-VALUE}.", defaultValue = "target/bench")
    Path out = Path.of("target", "bench");

    /** Parts that can be run by themselves. */
    enum Part {
        routing,
        postgresql,
        h2,
        cost,
        connections,
        move,
        adopt,
        scatter,
        transfers,
        growth,
        start
    }

    public static void main(String[] args) {
        String[] words = String.join(" ", args).strip().split("\\s+");
        boolean none = words.length == 1 && words[0].isEmpty();
        System.exit(commandLine(Terminal.ofProcess()).execute(none ? new String[0] : words));
    }

    /** Failures of {@code cluster} are told as those of all commands are, those of a part with where they happened. */
    static CommandLine commandLine(Terminal terminal) {
        CommandLine line = new CommandLine(new Benchmarks()).addSubcommand(new BenchCommand(terminal));
        FailureHandler failures = new FailureHandler(terminal);
        IExecutionExceptionHandler withPlace = line.getExecutionExceptionHandler();
        return line.setOut(terminal.out())
                .setErr(terminal.err())
                .setParameterExceptionHandler(failures)
                .setExecutionExceptionHandler((failure, command, arguments) ->
                        (command.getCommand() instanceof BenchCommand ? failures : withPlace)
                                .handleExecutionException(failure, command, arguments));
    }

    @Override
    public Integer call() throws Exception {
        Effort effort = isLong ? Effort.LONG : Effort.SHORT;
        List<Section> sections = new ArrayList<>();
        try (Servers servers = new Servers()) {
            String header = header(servers);
            for (Part part : Part.values()) {
                if (only.contains(part)) {
                    System.err.println("measuring: " + part);
                    sections.add(section(part, effort, servers));
                    write(out, header, sections);
                }
            }
            if (docs) {
                write(DOCS, header, sections);
            }
        }
        System.out.println("Written to " + out.resolve("results.md") + (docs ? " and to " + DOCS : ""));
        return 0;
    }

    private Section section(Part part, Effort effort, Servers servers) throws SQLException, IOException {
        return switch (part) {
            case routing -> new JmhPart(isLong).run();
            case postgresql -> new SidesPart(servers, effort).run(DatabaseKind.POSTGRESQL);
            case h2 -> new SidesPart(servers, effort).run(DatabaseKind.H2);
            case cost -> new CostPart(servers, effort).run();
            case connections -> new ConnectionsPart(servers, effort).run();
            case move -> new MovePart(servers, effort).run();
            case adopt -> new AdoptPart(servers, effort).run();
            case scatter -> new ScatterPart(servers, effort).run();
            case transfers -> new TransferPart(servers, effort).run();
            case growth -> new GrowthPart(servers, effort).run();
            case start -> new StartPart(servers).run();
        };
    }

    private String header(Servers servers) throws SQLException {
        return """
                # Benchmark results

                | | |
                |---|---|
                | when | %s, commit %s |
                | machine | %s |
                | databases | %s, on the same machine; H2 %s in memory |
                | load before | %s (the average number of processes that wanted a core in the minute before) |
                | command | `./mvnw -q -Pbench -DskipTests test-compile exec:exec -Dbench="%s"` |

                Absolute figures are this machine's, with client and database on the same cores. Ratios compare sides that \
                took turns in the same run.

                """.formatted(
                Instant.now().truncatedTo(ChronoUnit.MINUTES),
                Machine.commit(),
                Machine.describe(),
                servers.describe(),
                Constants.VERSION,
                Machine.load(),
                arguments());
    }

    private String arguments() {
        String parts = only.size() == Part.values().length
                ? ""
                : " --only " + String.join(",", only.stream().map(Part::name).toList());
        return (isLong ? "--long" + parts : parts).strip();
    }

    private static void write(Path directory, String header, List<Section> sections) {
        try {
            Files.createDirectories(directory);
            StringBuilder page = new StringBuilder(header);
            for (Section section : sections) {
                page.append(section.markdown()).append('\n');
                for (var picture : section.pictures().entrySet()) {
                    Files.writeString(directory.resolve(picture.getKey()), picture.getValue());
                }
            }
            Files.writeString(
                    directory.resolve(directory.equals(DOCS) ? "benchmarks.md" : "results.md"), page.toString());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
