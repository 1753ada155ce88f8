package dev.ringshard.cli.bank.demo;

import dev.ringshard.Ringshard;
import dev.ringshard.bank.Customer;
import dev.ringshard.bank.CustomerPage;
import dev.ringshard.bank.CustomerRepository;
import dev.ringshard.bank.NewCustomer;
import dev.ringshard.cli.bank.SampleCustomers;
import dev.ringshard.cli.command.ReportCommand;
import dev.ringshard.cli.screen.ElapsedTimeLine;
import dev.ringshard.cli.screen.Report;
import dev.ringshard.cli.screen.Terminal;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "demo",
        description =
                "Shows the main job on embedded databases, with made-up customers: a fifth one joins and another is"
                        + " drained while money moves. Needs nothing installed.",
        footer = {
            "",
            "Example: ringshard demo --customers 500 --operations 2000",
            "",
            "The databases are in memory and gone afterwards. Ends with 3 if money was lost",
            "or made.",
        })
public final class DemoCommand extends ReportCommand {
    private static final int SHARDS = 4;
    private static final int THREADS = 4;
    private static final int REPEATED_OF = 50;
    private static final int PAGE = 5;
    private static final String LEAVING = "eu-2";

    /** Bounds the demo on a slow machine; what was not begun by then is left out. */
    private static final Duration LONGEST_STEP = Duration.ofSeconds(12);

    @Option(
            names = "--customers",
            paramLabel = "N",
            defaultValue = "2000",
            description = "How many; default: ${DEFAULT-VALUE}.")
    int customers;

    @Option(
            names = "--operations",
            paramLabel = "N",
            defaultValue = "4000",
            description = "Deposits, withdrawals and transfers; default: ${DEFAULT-VALUE}.")
    int operations;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Another seed gives other customers; default: ${DEFAULT-VALUE}.")
    long seed;

    public DemoCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    protected Report run() {
        terminal.err().println("Starting %d databases in memory, in this process.".formatted(SHARDS));
        terminal.err().flush(); // before the classes of databases and migrations are loaded, which takes a second
        String cluster = "demo-" + UUID.randomUUID();
        RingshardConfig config = embedded(cluster);
        try (Ringshard bank = ElapsedTimeLine.during(terminal, "starting", () -> started(config))) {
            DemoTally tally = new DemoTally();
            WorkerThreads workers = new WorkerThreads(THREADS, terminal);
            WorkerThreads.Outcome created =
                    workers.run("creating customers", customers, LONGEST_STEP, number -> create(bank, tally, number));
            DemoChanges changes = DemoChanges.begin(bank, shard(cluster, SHARDS + 1), LEAVING);
            WorkerThreads.Outcome moved = workers.run(
                    "moving money",
                    operations,
                    LONGEST_STEP,
                    new WorkerThreads.Alongside(() -> !changes.areDone(), changes::now),
                    number -> move(bank, tally, number, created.done()));
            return report(bank, new DemoReport.Operations(THREADS, operations, moved, tally, changes.await()), created);
        }
    }

    private static Ringshard started(RingshardConfig config) {
        Ringshard.init(config);
        return Ringshard.open(config);
    }

    private static RingshardConfig embedded(String cluster) {
        RingshardConfig.Builder config = RingshardConfig.builder("demo");
        for (int i = 1; i <= SHARDS; i++) {
            config.shard(shard(cluster, i));
        }
        return config.build();
    }

    private static ShardConfig shard(String cluster, int number) {
        String name = "eu-" + number;
        return ShardConfig.of(name, "jdbc:h2:mem:%s-%s;DB_CLOSE_DELAY=-1".formatted(cluster, name), "sa", "");
    }

    private SampleCustomers sampleCustomers() {
        return new SampleCustomers(seed, "c-");
    }

    private void create(Ringshard bank, DemoTally tally, int number) {
        NewCustomer customer = sampleCustomers().customer(number);
        bank.customers().create(customer);
        tally.opened(customer.balances().total());
    }

    /** One in fifty is sent twice, as after an answer that was lost. */
    private void move(Ringshard bank, DemoTally tally, int number, int created) {
        DemoOperation operation = DemoOperation.of(sampleCustomers(), number, created);
        int times = number % REPEATED_OF == 0 ? 2 : 1;
        for (int i = 0; i < times; i++) {
            long sent = terminal.nanoTime().getAsLong();
            tally.answered(operation, operation.apply(bank.customers()));
            tally.waited(Duration.ofNanos(terminal.nanoTime().getAsLong() - sent));
        }
    }

    private DemoReport report(Ringshard bank, DemoReport.Operations work, WorkerThreads.Outcome created) {
        CustomerRepository repository = bank.customers();
        Customer someone =
                repository.find(sampleCustomers().key(created.done() / 2)).orElseThrow();
        CustomerPage page = repository.page(PAGE);
        Map<String, String> shards = new HashMap<>();
        Stream.concat(Stream.of(someone), page.customers().stream())
                .map(Customer::key)
                .forEach(key -> shards.put(key, bank.router().locate(key).shard()));
        return new DemoReport(
                bank.status(),
                work,
                new DemoReport.Lookups(someone, page, shards),
                new DemoReport.Proof(work.tally().expected(), repository.totals(), repository.ledgerTotals()),
                terminal.program());
    }
}
