package dev.ringshard.bench;

import dev.ringshard.cli.bank.BankCommand;
import dev.ringshard.cli.command.Interruption;
import dev.ringshard.cli.screen.ProgressLine;
import dev.ringshard.cli.screen.Report;
import dev.ringshard.cli.screen.Terminal;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.failure.RingshardException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The same work by Ringshard and by hand-written JDBC, on the shards of a configuration. */
@Command(
        name = "cluster",
        description = "Measures the configured shards: what Ringshard costs beside hand-written JDBC.",
        footer = {
            "",
            "Example: -Dbench=\"cluster --config bank.yaml --threads 8 --seconds 60\"",
            "",
            "Reads, deposits, inserts and a mix of reads and deposits, by Ringshard and by",
            "hand-written JDBC, by turns, on the same connections. The raw side has no fence",
            "and no retries, knows the shard of each customer, and writes to tables of its",
            "own with the same columns and indexes. Both sides write for real: the customers",
            "of the run, and those tables, are removed at the end, also after Ctrl-C; no",
            "other customer is touched. A run that was killed is removed with --remove.",
            "",
            "Other work on the shards or on this machine falsifies the rates more than the",
            "ratios. Where a pool has fewer connections than there are threads, they wait for",
            "one another on both sides.",
        })
public final class BenchCommand extends BankCommand {
    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = "8",
            description = "Threads that work at the same time, 1 to 256; default: ${DEFAULT-VALUE}.")
    int threads;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "20",
            description = "How long it measures, all together and without warming up, 1 to 3600; default:"
                    + " ${DEFAULT-VALUE}.")
    int seconds;

    @Option(
            names = "--mix",
            paramLabel = "R:W",
            defaultValue = "90:10",
            description = "Reads and deposits of a hundred operations of the mix; default: ${DEFAULT-VALUE}.")
    String mix = "90:10";

    @Option(
            names = "--customers",
            paramLabel = "N",
            defaultValue = "10000",
            description = "How many are there from the beginning, 1 to 10000000; default: ${DEFAULT-VALUE}.")
    int customers;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Another seed chooses other customers; default: ${DEFAULT-VALUE}.")
    long seed;

    @Option(names = "--keep", description = "Leave the customers and tables of the run.")
    boolean keep;

    @Option(
            names = "--remove",
            paramLabel = "RUN",
            description = "Measure nothing; remove what a run left that was killed, or kept, such as bench-3f9a01c7.")
    @Nullable
    String remove;

    public BenchCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    protected Report run() {
        BenchSettings settings =
                new BenchSettings(threads, Duration.ofSeconds(seconds), Mix.parse(mix), customers, seed);
        RingshardConfig config = config();
        return remove == null ? measured(config, settings) : removed(config, remove);
    }

    private Report removed(RingshardConfig config, String run) {
        try (Bench bench = Bench.open(config, run)) {
            return new BenchRemovalReport(run, clear(bench), next());
        }
    }

    private Report measured(RingshardConfig config, BenchSettings settings) {
        try (Bench bench = Bench.open(config);
                Interruption interruption = Interruption.watch()) {
            bench.requireEveryShard();
            List<Comparison> comparisons;
            try {
                comparisons = compare(bench, settings, interruption);
            } catch (RuntimeException failure) {
                clearAfter(bench, failure);
                throw failure;
            }
            if (!keep) {
                clear(bench);
            }
            return new BenchReport(
                    new BenchReport.Setup(config.cluster(), bench.owners(), settings, bench.run(), keep),
                    comparisons,
                    next());
        }
    }

    private List<Comparison> compare(Bench bench, BenchSettings settings, Interruption interruption) {
        ProgressLine progress = new ProgressLine(terminal, "measuring as " + bench.run());
        try {
            return bench.compare(settings, telling(progress, "operations"), interruption::isRequested);
        } finally {
            progress.finish();
        }
    }

    private long clear(Bench bench) {
        ProgressLine progress = new ProgressLine(terminal, "removing " + bench.run());
        try {
            return bench.clear(telling(progress, "customers"));
        } catch (RingshardException failure) {
            terminal.err()
                    .println("Not all of this run could be removed. Later: "
                            + BenchReport.removal(next(), bench.run()));
            throw failure;
        } finally {
            progress.finish();
        }
    }

    private void clearAfter(Bench bench, RuntimeException failure) {
        try {
            clear(bench);
        } catch (RuntimeException another) {
            failure.addSuppressed(another);
        }
    }

    /** The help is that of the benchmarks, and no command of {@code ringshard}. */
    @Override
    protected Optional<String> nextAfter(Throwable failure) {
        return failure instanceof InvalidInputException
                ? Optional.of("the same with -Dbench=\"cluster --help\"")
                : super.nextAfter(failure);
    }

    private static BenchProgress telling(ProgressLine progress, String unit) {
        return (activity, done, fraction) -> progress.tell(done, unit, fraction, activity);
    }
}
