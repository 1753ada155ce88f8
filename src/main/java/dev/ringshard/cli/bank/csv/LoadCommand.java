package dev.ringshard.cli.bank.csv;

import dev.ringshard.Ringshard;
import dev.ringshard.bank.Totals;
import dev.ringshard.cli.bank.BankCommand;
import dev.ringshard.cli.bank.SampleCustomers;
import dev.ringshard.cli.command.Interruption;
import dev.ringshard.cli.screen.Report;
import dev.ringshard.cli.screen.Terminal;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.failure.RingshardException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "load",
        description = "Creates customers, books transactions and makes transfers, from CSV files in UTF-8 or made up.",
        footer = {
            "",
            "Example: ringshard load --customers c.csv --transactions t.csv",
            "Example: ringshard load --transfers transfers.csv",
            "Example: ringshard load --generate 100000 --seed 7",
            "",
            "Each file has a header. Columns may stand in any order, and others are ignored.",
            "Customers:    customer_key,first_name,last_name,savings,checking,retirement_401k",
            "              (what 'export' writes); accounts are opened with these balances",
            "Transactions: operation_id,customer_key,account,amount; account is SAVINGS,",
            "              CHECKING or RETIREMENT_401K; a negative amount goes out, also",
            "              below zero; an operation id is booked once for each customer,",
            "              however often it is loaded; booked_on, if there, is the day of the",
            "              entry (1993-01-31)",
            "Transfers:    operation_id,customer_key,account,to_customer_key,to_account,amount;",
            "              the first account pays, never below zero; an operation id is one",
            "              transfer of each customer who pays",
            "",
            "Lines end as on Linux, Windows or an old Mac. A field with commas, quotes or line",
            "breaks stands in quotes, and each quote in it is doubled.",
            "",
            "Customers are created first, then transactions are booked, then transfers made,",
            "those of each customer in the order of the file.",
            "",
            "Lines that cannot be loaded are told with their number and reason, the rest is",
            "loaded, and it ends with 3. With --strict all lines are checked first, against",
            "each other and against what is stored, and if one would be refused nothing is",
            "loaded, except that who transfers more than they hold is found out only then;",
            "that takes a second pass, and about 100 bytes of memory for each line.",
            "",
            "It may be interrupted or killed at any moment: repeating the same command",
            "finishes it, and nothing is applied twice. Generated customers are the same for",
            "the same seed and prefix.",
        })
public final class LoadCommand extends BankCommand {
    private static final int SHOWN = 20;
    private static final int MOST_GENERATED = 1_000_000_000;

    @Option(
            names = {"--customers", "--csv"},
            paramLabel = "FILE",
            description = "Customers to create; those there already stay.")
    @Nullable
    Path customers;

    @Option(names = "--transactions", paramLabel = "FILE", description = "Deposits and withdrawals to book.")
    @Nullable
    Path transactions;

    @Option(names = "--transfers", paramLabel = "FILE", description = "Transfers between accounts to make.")
    @Nullable
    Path transfers;

    @Option(names = "--generate", paramLabel = "N", description = "How many customers to make up, instead of files.")
    @Nullable
    Integer generate;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Another seed makes up others; default: ${DEFAULT-VALUE}.")
    long seed;

    @Option(
            names = "--prefix",
            paramLabel = "TEXT",
            description = "What the keys of made-up customers begin with; default: g<seed>-.")
    @Nullable
    String prefix;

    @Option(
            names = "--workers",
            paramLabel = "N",
            defaultValue = "8",
            description = "Threads that load, from 1 to 256; default: ${DEFAULT-VALUE}.")
    int workers;

    @Option(names = "--strict", description = "Check all lines first, and load nothing if one would be refused.")
    boolean strict;

    public LoadCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    protected Report run() {
        Map<LoadKind, Path> files = files();
        checkArguments(files);
        Set<LoadKind> kinds = files.isEmpty() ? EnumSet.of(LoadKind.CUSTOMERS) : files.keySet();
        Supplier<LoadInput> input = files.isEmpty() ? this::generated : () -> new CsvInput(files);
        RingshardConfig config = config();
        try (LoadInput opened = input.get(); // what is wrong with the files is said before any shard is asked
                Ringshard cluster = Ringshard.open(config);
                Interruption interruption = Interruption.watch()) {
            long start = terminal.nanoTime().getAsLong();
            LoadTally tally = newTally();
            Optional<LoadStop> stop = Optional.empty();
            if (strict) {
                stop = check(cluster, opened, tally, interruption);
            }
            boolean begun = stop.isEmpty() && tally.allRefused() == 0;
            if (begun) {
                tally = newTally();
                stop = strict
                        ? loadAgain(cluster, input, tally, interruption)
                        : load(cluster, opened, tally, interruption);
            }
            Duration time = Duration.ofNanos(terminal.nanoTime().getAsLong() - start);
            LoadReport report = new LoadReport(
                    new LoadReport.Run(kinds, generate != null, begun, workers, time),
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
        if (transfers != null) {
            files.put(LoadKind.TRANSFERS, transfers);
        }
        return files;
    }

    private void checkArguments(Map<LoadKind, Path> files) {
        require(
                generate != null || !files.isEmpty(),
                "Nothing to load: give --customers, --transactions, --transfers, or several of them; or --generate.");
        require(generate == null || files.isEmpty(), "--generate makes customers up: give it, or files, not both.");
        require(
                generate == null || (generate >= 1 && generate <= MOST_GENERATED),
                "--generate is %d: 1 to %d is allowed.".formatted(generate, MOST_GENERATED));
        require(
                prefix == null || prefix.matches(".{0,99}[^0-9]"),
                "--prefix must have 1 to 100 characters, the last of them no digit, so that no two prefixes share a key.");
        for (Path file : files.values()) {
            require(
                    !strict || !Files.exists(file) || Files.isDirectory(file) || Files.isRegularFile(file),
                    "--strict reads each file twice, and %s can be read once. Write it into a file first."
                            .formatted(file));
        }
        require(workers >= 1 && workers <= 256, "--workers is %d: 1 to 256 is allowed.".formatted(workers));
    }

    private LoadInput generated() {
        String keys = prefix == null ? "g" + seed + "-" : prefix;
        return new GeneratedInput(new SampleCustomers(seed, keys), generate == null ? 0 : generate);
    }

    private LoadTally newTally() {
        return new LoadTally(json ? Integer.MAX_VALUE : SHOWN);
    }

    private Optional<LoadStop> check(Ringshard cluster, LoadInput input, LoadTally tally, Interruption interruption) {
        StrictCheck check = new StrictCheck(cluster.customers());
        LoadWorkers.Processor work = new SingleLineProcessor(tally, line -> {
            line.check(check);
            return LoadLine.Outcome.CHECKED;
        });
        return loading("checking", cluster, tally, interruption).run(input, workers, work);
    }

    private Optional<LoadStop> loadAgain(
            Ringshard cluster, Supplier<LoadInput> lines, LoadTally tally, Interruption interruption) {
        try (LoadInput input = lines.get()) {
            return load(cluster, input, tally, interruption);
        }
    }

    private Optional<LoadStop> load(Ringshard cluster, LoadInput input, LoadTally tally, Interruption interruption) {
        UnknownOutcomeRetry unknown = new UnknownOutcomeRetry(wait -> TimeUnit.NANOSECONDS.sleep(wait.toNanos()));
        LoadWorkers.Processor work = new BatchProcessor(cluster.customers(), unknown, tally);
        return loading("loading", cluster, tally, interruption).run(input, workers, work);
    }

    private LoadRun loading(String activity, Ringshard cluster, LoadTally tally, Interruption interruption) {
        return new LoadRun(activity, terminal, tally, cluster.router()::token, interruption::isRequested);
    }

    /** Empty if the load stopped, or a shard does not answer now. */
    private static Optional<Totals> totals(Ringshard cluster, Optional<LoadStop> stop) {
        try {
            return stop.isEmpty() ? Optional.of(cluster.customers().totals()) : Optional.empty();
        } catch (RingshardException notNow) {
            return Optional.empty();
        }
    }
}
