package dev.ringshard.cli;

import dev.ringshard.Ringshard;
import dev.ringshard.customers.Totals;
import dev.ringshard.failure.RingshardException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@CommandLine.Command(
        name = "load",
        description = "Creates customers and books transactions from CSV files in UTF-8, each with a header.",
        footer = {
            "",
            "Example: ringshard load --customers customers.csv --transactions transactions.csv",
            "",
            "Customers:    customer_key,first_name,last_name,savings,checking,retirement_401k",
            "Transactions: operation_id,customer_key,account,amount; account is SAVINGS, CHECKING or",
            "              RETIREMENT_401K; a negative amount goes out, also below zero; an operation id is",
            "              booked once for each customer, however often it is loaded",
            "",
            "Columns may stand in any order, and others are ignored. Lines that cannot be loaded are told",
            "with their number and reason, the rest is loaded, and it ends with 3. It may be interrupted or",
            "killed at any moment: repeating the same command finishes it, and nothing is applied twice.",
        })
final class LoadCommand extends ClusterCommand {
    /** How the files are given, for the lines that say what to run next. */
    static final String FILES = "--customers FILE.csv --transactions FILE.csv";

    private static final int SHOWN = 20;

    @Option(names = "--customers", paramLabel = "FILE", description = "Customers to create; those there already stay.")
    @Nullable
    Path customers;

    @Option(names = "--transactions", paramLabel = "FILE", description = "Deposits and withdrawals to book.")
    @Nullable
    Path transactions;

    @Option(
            names = "--workers",
            paramLabel = "N",
            defaultValue = "8",
            description = "Threads that load, from 1 to 256; default: ${DEFAULT-VALUE}.")
    int workers;

    @Option(names = "--strict", description = "Check all lines first, and load nothing if one is malformed.")
    boolean strict;

    @Spec
    CommandSpec spec = CommandSpec.create();

    LoadCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    Report run() {
        Map<LoadKind, Path> files = files();
        LoadTally tally = new LoadTally(json ? Integer.MAX_VALUE : SHOWN);
        new LoadInput(files).close(); // what is wrong with the files is said before any shard is asked
        try (Ringshard cluster = Ringshard.open(config());
                Interruption interruption = Interruption.watch()) {
            long start = terminal.nanoTime().getAsLong();
            Optional<LoadStop> stop = strict ? check(cluster, files, tally, interruption) : Optional.empty();
            boolean loaded = stop.isEmpty() && tally.allRefused() == 0;
            if (loaded) {
                stop = load(cluster, files, tally, interruption);
            }
            Duration time = Duration.ofNanos(terminal.nanoTime().getAsLong() - start);
            LoadReport report = new LoadReport(
                    new LoadReport.Effort(loaded, workers, time),
                    tally,
                    stop,
                    totals(cluster, stop),
                    next(),
                    sameCommand());
            report.problems().forEach(terminal.err()::println);
            return report;
        }
    }

    private Map<LoadKind, Path> files() {
        Map<LoadKind, Path> files = new EnumMap<>(LoadKind.class);
        if (customers != null) {
            files.put(LoadKind.CUSTOMERS, customers);
        }
        if (transactions != null) {
            files.put(LoadKind.TRANSACTIONS, transactions);
        }
        if (files.isEmpty()) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "Nothing to load: give --customers, --transactions, or both.");
        }
        if (workers < 1 || workers > 256) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "--workers is %d: 1 to 256 is allowed.".formatted(workers));
        }
        return files;
    }

    private Optional<LoadStop> check(
            Ringshard cluster, Map<LoadKind, Path> files, LoadTally tally, Interruption interruption) {
        try (LoadInput input = new LoadInput(files)) {
            return loading(cluster, input, tally, interruption).check();
        }
    }

    private Optional<LoadStop> load(
            Ringshard cluster, Map<LoadKind, Path> files, LoadTally tally, Interruption interruption) {
        UnknownOutcomes unknown = new UnknownOutcomes(wait -> TimeUnit.NANOSECONDS.sleep(wait.toNanos()));
        try (LoadInput input = new LoadInput(files)) {
            return loading(cluster, input, tally, interruption)
                    .run(workers, line -> unknown.settled(() -> line.apply(cluster.customers())));
        }
    }

    private Loading loading(Ringshard cluster, LoadInput input, LoadTally tally, Interruption interruption) {
        return new Loading(input, tally, terminal, cluster.router()::token, interruption::isWanted);
    }

    /** Empty if the load stopped, or a shard does not answer now. */
    private static Optional<Totals> totals(Ringshard cluster, Optional<LoadStop> stop) {
        try {
            return stop.isEmpty() ? Optional.of(cluster.customers().totals()) : Optional.empty();
        } catch (RingshardException notNow) {
            return Optional.empty();
        }
    }

    private String sameCommand() {
        return terminal.program() + " "
                + spec.root().commandLine().getParseResult().originalArgs().stream()
                        .map(Next::quoted)
                        .collect(Collectors.joining(" "));
    }
}
