package dev.ringshard.bench;

import com.zaxxer.hikari.HikariDataSource;
import dev.ringshard.Ringshard;
import dev.ringshard.bank.Account;
import dev.ringshard.bank.AccountRef;
import dev.ringshard.bank.CustomerRepository;
import dev.ringshard.bank.OperationId;
import dev.ringshard.bank.Overdraft;
import dev.ringshard.bank.Posting;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.Shards;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.sql.DataSource;

/** Transfers within one shard and between two, against one transaction and two-phase commit by hand, by turns. PostgreSQL only. */
final class TransferPart {
    private static final int SHARDS = 2;
    private static final BenchProgress SILENT = (activity, done, fraction) -> {};

    private final Servers servers;
    private final Effort effort;
    private final AtomicLong numbers = new AtomicLong();

    TransferPart(Servers servers, Effort effort) {
        this.servers = servers;
        this.effort = effort;
    }

    /** Customers by the shard that they live on. */
    private record Homes(List<List<String>> keys) {
        static Homes of(String[] keys, Function<String, Object> home) {
            return new Homes(List.copyOf(
                    Arrays.stream(keys).collect(Collectors.groupingBy(home)).values()));
        }

        String any(int home, SplittableRandom random) {
            List<String> there = keys.get(home);
            return there.get(random.nextInt(there.size()));
        }
    }

    private interface Transfer {
        void make(String payer, String payee, String id) throws SQLException;
    }

    Section run() throws SQLException {
        Section section = new Section("Transfers, on PostgreSQL");
        section.text("""
                %d shards, %,d customers, %d rounds of %d ms for each side. By hand is one transaction on one shard. Between two it is \
                two-phase commit: both prepared, the decision written durably, both committed; nobody looks for transactions in \
                doubt, and nothing but balances and entries is written. The statement that changes a balance and writes the entry \
                is the same. A ratio is the rate to that by hand in the same round: the median of the rounds (lowest to highest).\
                """.formatted(SHARDS, effort.customers(), effort.rounds(), effort.slice().toMillis()));
        RingshardConfig config = servers.config(DatabaseKind.POSTGRESQL, SHARDS);
        Ringshard.init(config);
        List<List<String>> rows = new ArrayList<>();
        try (Shards shards = Shards.open(config.shards());
                Ringshard cluster = Ringshard.open(config)) {
            RunKeys keys = RunKeys.ofNewRun();
            StoredTables stored = StoredTables.of(config.bank());
            new BenchData(cluster, stored, shards.all(), keys).build(effort.customers(), SILENT);
            List<DataSource> pools = shards.all().stream().map(Shard::dataSource).toList();
            pools.forEach(TransferPart::warm);
            TransfersByHand byHand = new TransfersByHand(pools, RawTables.of(keys, stored), keys);
            byHand.create();
            String[] first = keys.first(effort.customers());
            Homes homes = Homes.of(first, key -> cluster.router().locate(key).shard());
            Homes places = Homes.of(first, key -> RawContender.place(key, SHARDS));
            Transfer ours = (payer, payee, id) -> transfer(cluster.customers(), payer, payee, id);
            for (int threads : effort.threads()) {
                rows.add(row(threads, "within one shard", List.of(
                        operation(homes, 0, ours),
                        operation(places, 0, (payer, payee, id) ->
                                byHand.withinOneShard(payer, payee, RingshardContender.UNIT, id)))));
                rows.add(row(threads, "between two shards", List.of(
                        operation(homes, 1, ours),
                        operation(places, 1, (payer, payee, id) ->
                                byHand.betweenTwoShards(payer, payee, RingshardContender.UNIT, id)))));
            }
        }
        return section.table(
                List.of("what", "threads", "Ringshard", "by hand", "ratio", "p50", "by hand", "p99", "by hand"), rows);
    }

    private static void warm(DataSource pool) {
        if (pool instanceof HikariDataSource hikari) {
            hikari.setMinimumIdle(hikari.getMaximumPoolSize());
        }
    }

    private static void transfer(CustomerRepository customers, String payer, String payee, String id) {
        Posting posting = customers.transfer(
                new AccountRef(payer, Account.SAVINGS),
                new AccountRef(payee, Account.SAVINGS),
                RingshardContender.UNIT,
                new OperationId(id),
                Overdraft.ALLOWED);
        if (!(posting instanceof Posting.Applied)) {
            throw new IllegalStateException("A transfer of the benchmark was not applied: " + posting);
        }
    }

    /** @param away how many shards on from the payer's the payee lives */
    private BenchThreads.Operation operation(Homes homes, int away, Transfer transfer) {
        return random -> {
            int home = random.nextInt(SHARDS);
            String payer = homes.any(home, random);
            String payee = payer;
            while (payee.equals(payer)) {
                payee = homes.any((home + away) % SHARDS, random);
            }
            transfer.make(payer, payee, "move-" + numbers.getAndIncrement());
        };
    }

    private List<String> row(int threads, String what, List<BenchThreads.Operation> sides) {
        try (BenchThreads workers = new BenchThreads(threads, 1, () -> false)) {
            AlternatingRounds rounds =
                    new AlternatingRounds(workers, effort.plan(effort.customers()), () -> false, numbers);
            List<List<Measurement>> samples = rounds.run(what, sides, SILENT);
            Comparison compared = Comparison.of(Workload.DEPOSIT, samples.get(0), samples.get(1));
            List<String> row = List.of(
                    what,
                    String.valueOf(threads),
                    Format.rate(compared.ringshard().perSecond(), ""),
                    Format.rate(compared.other().perSecond(), ""),
                    String.format(
                            Locale.ROOT,
                            "**%.2f** (%.2f–%.2f)",
                            compared.ratio(),
                            compared.lowest(),
                            compared.highest()),
                    Format.millis(compared.ringshard().p50()),
                    Format.millis(compared.other().p50()),
                    Format.millis(compared.ringshard().p99()),
                    Format.millis(compared.other().p99()));
            System.err.println(row);
            return row;
        }
    }
}
