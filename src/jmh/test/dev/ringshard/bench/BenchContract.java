package dev.ringshard.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.Ringshard;
import dev.ringshard.bank.Account;
import dev.ringshard.bank.AccountEntry;
import dev.ringshard.bank.NewCustomer;
import dev.ringshard.bank.OperationId;
import dev.ringshard.config.BankConfig;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.PoolConfig;
import dev.ringshard.config.RingConfig;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.failure.ShardUnavailableException;
import dev.ringshard.internal.shard.Shards;
import dev.ringshard.testing.TestCluster;
import dev.ringshard.testing.TestDatabase;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What the benchmark does to the shards of a bank in a schema of its own. Shows nothing about its figures. */
abstract class BenchContract {
    private static final BenchProgress SILENT = (activity, done, fraction) -> {};
    private static final BenchSettings SHORT = new BenchSettings(2, Duration.ofSeconds(1), Mix.MOSTLY_READS, 50, 1);

    private final List<TestDatabase> databases;
    private final RingshardConfig config;

    BenchContract(DatabaseKind kind) {
        databases = List.of(TestCluster.database(kind), TestCluster.database(kind));
        config = RingshardConfig.builder("bank")
                .bank(BankConfig.inSchema("bank"))
                .ring(RingConfig.DEFAULT.withVirtualNodes(8))
                .shard(TestCluster.shard("eu-1", databases.get(0)))
                .shard(TestCluster.shard("eu-2", databases.get(1)))
                .build();
        Ringshard.init(config);
    }

    @Test
    void all_kinds_of_work_are_measured_on_both_sides() {
        try (Bench bench = Bench.open(config)) {
            List<Comparison> comparisons = bench.compare(SHORT, SILENT, () -> false);

            assertThat(comparisons).extracting(Comparison::work).containsExactly(Workload.values());
            assertThat(comparisons).allSatisfy(one -> {
                assertThat(one.ringshard().perSecond()).isPositive();
                assertThat(one.other().perSecond()).isPositive();
                assertThat(one.ratio()).isBetween(one.lowest(), one.highest());
                assertThat(one.ringshard().p50())
                        .isLessThanOrEqualTo(one.ringshard().p999());
            });
        }
    }

    @Test
    void what_it_stores_is_sound_while_it_is_there_and_gone_afterwards() throws SQLException {
        List<String> before = tables();
        try (Bench bench = Bench.open(config);
                Ringshard cluster = Ringshard.open(config)) {
            cluster.customers().create(new NewCustomer("bench-not-of-a-run", "Ada", "Lovelace"));
            bench.compare(SHORT, SILENT, () -> false);
            assertThat(cluster.verify().isSound()).isTrue();
            assertThat(cluster.rebalancer().plan().moves()).isEmpty(); // its tables are in nobody's way

            assertThat(bench.clear(SILENT)).isGreaterThanOrEqualTo(50);
            assertThat(bench.clear(SILENT)).isZero();
            assertThat(cluster.customers().count()).isOne();
            assertThat(cluster.verify().isSound()).isTrue();
        }
        assertThat(tables()).isEqualTo(before);
    }

    @Test
    void a_shard_that_does_not_answer_is_named_before_anything_is_made() throws SQLException {
        List<String> before = tables();
        ShardConfig down = ShardConfig.of("eu-2", "jdbc:postgresql://127.0.0.1:1/none", "nobody", "none")
                .withPool(PoolConfig.DEFAULT.withConnectionTimeout(Duration.ofMillis(250)));
        try (Bench bench = Bench.open(TestCluster.config(List.of(config.shards().get(0), down)))) {
            assertThatThrownBy(() -> bench.compare(SHORT, SILENT, () -> false))
                    .isInstanceOf(ShardUnavailableException.class)
                    .hasMessage("The benchmark needs eu-2. Shard eu-2 cannot be reached: Connection refused."
                            + " Nothing was created. Repeat it once eu-2 answers.");
        }
        assertThat(tables()).isEqualTo(before);
    }

    @Test
    void a_run_that_was_killed_can_be_removed_by_its_name() throws SQLException {
        List<String> before = tables();
        String run;
        try (Bench bench = Bench.open(config)) {
            run = bench.run();
            bench.compare(SHORT, SILENT, () -> true);
        }
        assertThat(tables()).isNotEqualTo(before);
        try (Bench bench = Bench.open(config, run)) {
            assertThat(bench.clear(SILENT)).isEqualTo(50);
        }
        assertThat(tables()).isEqualTo(before);
    }

    @Test
    void both_sides_write_the_same() throws SQLException {
        RunKeys keys = RunKeys.ofNewRun();
        try (Shards shards = Shards.open(config.shards());
                Ringshard cluster = Ringshard.open(config)) {
            BenchData data = new BenchData(cluster, StoredTables.of(config.bank()), shards.all(), keys);
            for (Contender side : data.build(3, SILENT)) {
                side.deposit(1, "op-1");
                side.insert(7);
                side.read(1);
            }
            RawTables raw = RawTables.of(keys, StoredTables.of(config.bank()));
            assertThat(rows(raw.customers(), "customer_key, first_name, savings, checking, retirement_401k, version"))
                    .isEqualTo(rows(
                            "bank.customers", "customer_key, first_name, savings, checking, retirement_401k, version"))
                    .hasSize(4);
            assertThat(rows(raw.entries(), "customer_key, operation_id, entry_number, kind, account, amount"))
                    .isEqualTo(rows(
                            "bank.account_entries", "customer_key, operation_id, entry_number, kind, account, amount"))
                    .hasSize(5);
            AccountEntry entry = cluster.customers()
                    .findEntry(keys.first(3)[1], new OperationId("op-1"))
                    .orElseThrow();
            assertThat(entry.account()).isEqualTo(Account.SAVINGS);
            assertThat(entry.balanceAfter()).isEqualByComparingTo(new BigDecimal("101"));
            data.clear(SILENT);
        }
    }

    @Test
    void turns_that_share_their_numbers_may_follow_each_other_on_the_same_sides() throws SQLException {
        RunKeys keys = RunKeys.ofNewRun();
        try (Shards shards = Shards.open(config.shards());
                Ringshard cluster = Ringshard.open(config)) {
            BenchData data = new BenchData(cluster, StoredTables.of(config.bank()), shards.all(), keys);
            List<Contender> sides = data.build(1, SILENT);
            AtomicLong numbers = new AtomicLong();
            AlternatingRounds.Plan plan = new AlternatingRounds.Plan(1, Duration.ofMillis(50), Mix.MOSTLY_READS, 1);
            for (int threads : new int[] {1, 2}) {
                try (BenchThreads workers = new BenchThreads(threads, 1, () -> false)) {
                    AlternatingRounds rounds = new AlternatingRounds(workers, plan, () -> false, numbers);
                    for (Workload work : Workload.values()) {
                        assertThat(rounds.run(work, sides, SILENT)).hasSize(2);
                    }
                }
            }
            data.clear(SILENT);
        }
    }

    private List<String> tables() throws SQLException {
        List<String> names = new ArrayList<>();
        for (TestDatabase database : databases) {
            try (Connection connection = database.connect();
                    ResultSet rows = connection.getMetaData().getTables(null, null, "%", new String[] {"TABLE"})) {
                while (rows.next()) {
                    names.add(rows.getString("TABLE_NAME"));
                }
            }
        }
        return names;
    }

    private List<String> rows(String table, String columns) throws SQLException {
        List<String> found = new ArrayList<>();
        for (TestDatabase database : databases) {
            try (Connection connection = database.connect();
                    ResultSet rows =
                            connection.createStatement().executeQuery("SELECT " + columns + " FROM " + table)) {
                while (rows.next()) {
                    StringBuilder row = new StringBuilder();
                    for (int column = 1; column <= rows.getMetaData().getColumnCount(); column++) {
                        row.append(rows.getString(column)).append(' ');
                    }
                    found.add(row.toString());
                }
            }
        }
        return found.stream().sorted().toList();
    }
}
