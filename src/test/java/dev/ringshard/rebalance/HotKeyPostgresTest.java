package dev.ringshard.rebalance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.Ringshard;
import dev.ringshard.config.BankConfig;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.config.ShardedTable;
import dev.ringshard.testing.TestCluster;
import dev.ringshard.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A key at which somebody is always in the middle of a transaction moves all the same, and keeps nothing else from moving. */
@Tag("ci")
class HotKeyPostgresTest {
    private static final int WRITERS = 8;

    private final List<TestDatabase> databases = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(ints = {10, 250})
    void a_key_that_eight_write_to_all_the_time_moves_and_the_report_names_it(int millis) throws Exception {
        RingshardConfig config = pagesOnOneShard();
        ShardConfig second = shard("eu-2");
        AtomicBoolean isOver = new AtomicBoolean();
        ExecutorService writers = Executors.newFixedThreadPool(WRITERS);
        try (Ringshard shop = Ringshard.open(config)) {
            List<CompletableFuture<Long>> written = new ArrayList<>();
            for (int writer = 1; writer <= WRITERS; writer++) {
                int number = writer;
                shop.router().transaction("p-1", tx -> tx.dsl()
                        .execute("INSERT INTO visits VALUES ('p-1', ?, 0) ON CONFLICT DO NOTHING", number));
                written.add(CompletableFuture.supplyAsync(() -> visits(shop, number, millis, isOver), writers));
            }
            List<DelayedRows> held = new ArrayList<>();
            try {
                held.addAll(shop.addShard(second).delayed());
                held.addAll(shop.removeShard("eu-1").delayed());
            } finally {
                isOver.set(true);
            }
            assertThat(held.get(0).keys()).containsExactly("p-1");
            assertThat(databases.get(0).number("SELECT count(*) FROM visits")).isZero();
            for (int writer = 1; writer <= WRITERS; writer++) {
                long times = written.get(writer - 1).get(1, TimeUnit.MINUTES);
                assertThat(databases.get(1).number("SELECT n FROM visits WHERE page = 'p-1' AND writer = " + writer))
                        .isEqualTo(times);
            }
        } finally {
            isOver.set(true);
            writers.shutdown();
        }
    }

    /** Whichever of the two shards that take the rows is to have it. */
    @ParameterizedTest
    @ValueSource(strings = {"ASC", "DESC"})
    void all_else_moves_while_a_transaction_stays_open_and_whose_it_is_is_told(String order) throws Exception {
        RingshardConfig config = pagesOnOneShard();
        ShardConfig second = shard("eu-2");
        Set<String> reasons = ConcurrentHashMap.newKeySet();
        try (Ringshard shop = Ringshard.open(config);
                Connection open = databases.get(0).connect()) {
            shop.addShard(second);
            shop.addShard(shard("eu-3"));
            String page = databases
                    .get(0)
                    .text("SELECT page FROM visits ORDER BY ringshard.token(page) " + order + " LIMIT 1");
            open.setAutoCommit(false);
            open.createStatement().execute("SET application_name = 'forgotten'");
            open.createStatement().execute("UPDATE visits SET n = 1 WHERE page = '" + page + "'");
            CompletableFuture<RebalanceReport> draining =
                    CompletableFuture.supplyAsync(() -> shop.removeShard("eu-1", progress -> {
                        progress.waitsFor().ifPresent(reasons::add);
                        if (progress.waitsFor().isPresent() && isNearlyEmpty()) {
                            commit(open);
                        }
                    }));

            assertThat(draining.get(2, TimeUnit.MINUTES).delayed())
                    .anyMatch(rows -> rows.keys().contains(page) || !rows.isAll()); // three are named at most
        }
        assertThat(reasons).anySatisfy(reason -> assertThat(reason)
                .matches("other work holds rows that eu-1 is to hand over: session [0-9]+ of user [a-z]+, application"
                        + " forgotten, idle in transaction, its transaction has lasted for [0-9]+ s"));
    }

    /** All of one part of the ring at most is left, because nothing of that can be claimed. */
    private boolean isNearlyEmpty() {
        try {
            return databases.get(0).number("SELECT count(*) FROM visits") <= 200 / 16;
        } catch (SQLException failed) {
            throw new IllegalStateException(failed);
        }
    }

    private static void commit(Connection connection) {
        try {
            connection.commit();
        } catch (SQLException failed) {
            throw new IllegalStateException(failed);
        }
    }

    /** Each has a row of its own, so that nobody waits for another, and stays in its transaction for a while. */
    private static long visits(Ringshard shop, int writer, int millis, AtomicBoolean isOver) {
        long times = 0;
        while (!isOver.get()) {
            shop.router().transaction("p-1", tx -> {
                tx.dsl().execute("SELECT pg_sleep(? / 1000.0)", millis);
                return tx.dsl().execute("UPDATE visits SET n = n + 1 WHERE page = 'p-1' AND writer = ?", writer);
            });
            times++;
        }
        return times;
    }

    private RingshardConfig pagesOnOneShard() throws SQLException {
        RingshardConfig config = RingshardConfig.builder("shop")
                .bank(BankConfig.OFF)
                .shard(shard("eu-1"))
                .table(ShardedTable.byKey("visits", "page"))
                .build();
        Ringshard.init(config);
        databases.get(0).execute("INSERT INTO visits SELECT 'p-' || i, 1, 0 FROM generate_series(1, 200) i");
        return config;
    }

    private ShardConfig shard(String name) throws SQLException {
        TestDatabase database = TestCluster.database(DatabaseKind.POSTGRESQL);
        databases.add(database);
        database.execute("CREATE TABLE visits (page text, writer int, n bigint NOT NULL, PRIMARY KEY (page, writer))");
        return TestCluster.shard(name, database);
    }
}
