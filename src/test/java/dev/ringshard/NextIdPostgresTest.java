package dev.ringshard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.config.BankConfig;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardedTable;
import dev.ringshard.testing.PostgresServer;
import dev.ringshard.testing.TestCluster;
import dev.ringshard.testing.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Ids of the whole cluster, which each shard gives by itself. What a clock that is set back does is shown by a counter that is ahead. */
class NextIdPostgresTest {
    private static final long FIRST_SECOND =
            Instant.parse("2024-01-01T00:00:00Z").getEpochSecond();

    private final TestDatabase first = PostgresServer.shared().createDatabase();
    private final TestDatabase second = PostgresServer.shared().createDatabase();

    private RingshardConfig config() throws SQLException {
        for (TestDatabase shard : List.of(first, second)) {
            shard.execute("CREATE TABLE tenants (id bigint PRIMARY KEY, name text)");
        }
        RingshardConfig config = RingshardConfig.builder("shop")
                .bank(BankConfig.OFF)
                .table(ShardedTable.byKey("tenants", "id"))
                .shard(TestCluster.shard("first", first))
                .shard(TestCluster.shard("second", second))
                .build();
        Ringshard.init(config);
        return config;
    }

    private static List<Long> ids(TestDatabase shard, int count) throws SQLException {
        List<Long> ids = new ArrayList<>();
        try (Connection connection = shard.connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT ringshard.next_id() FROM generate_series(1, %d)".formatted(count))) {
            while (rows.next()) {
                ids.add(rows.getLong(1));
            }
        }
        return ids;
    }

    @Test
    void they_rise_and_tell_the_second_and_the_shard() throws SQLException {
        config();
        long before = Instant.now().getEpochSecond() - FIRST_SECOND;
        List<Long> ids = ids(second, 1000);
        long after = Instant.now().getEpochSecond() - FIRST_SECOND;

        assertThat(ids).isSorted().doesNotHaveDuplicates();
        assertThat(ids).allSatisfy(id -> {
            assertThat(id).isPositive();
            assertThat(id >> 32).isBetween(before, after);
            assertThat(id & 1023).isEqualTo(1);
        });
        assertThat(ids(first, 1).get(0) & 1023).isZero();
    }

    /** 31 bits of seconds, and 22 for each. */
    @Test
    void there_is_room_until_2090_and_for_four_million_a_second() {
        assertThat(Instant.ofEpochSecond(FIRST_SECOND + (1L << 31))).isAfter(Instant.parse("2090-12-31T00:00:00Z"));
        assertThat(1 << 22).isGreaterThan(4_000_000);
        assertThat(31 + 22 + 10).isEqualTo(63);
    }

    @Test
    void many_who_ask_at_once_on_two_shards_never_get_one_twice() throws Exception {
        config();
        Set<Long> all = ConcurrentHashMap.newKeySet();
        ExecutorService executor = Executors.newFixedThreadPool(6);
        try {
            List<Callable<Boolean>> askers = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                TestDatabase shard = i % 2 == 0 ? first : second;
                askers.add(() -> all.addAll(ids(shard, 20_000)));
            }
            for (Future<Boolean> asked : executor.invokeAll(askers)) {
                assertThat(asked.get()).isTrue();
            }
        } finally {
            executor.shutdownNow();
        }
        assertThat(all).hasSize(6 * 20_000);
    }

    /** As if the clock had been set back by an hour, or a second had not had room. */
    @Test
    void a_counter_that_is_ahead_of_the_clock_goes_on() throws SQLException {
        config();
        first.execute("SELECT setval('ringshard.id_counter', ((extract(epoch FROM now())::bigint - %d + 3600) << 22))"
                .formatted(FIRST_SECOND));

        List<Long> ids = ids(first, 100);

        assertThat(ids).isSorted().doesNotHaveDuplicates();
        assertThat((ids.get(99) >> 10) - (ids.get(0) >> 10)).isEqualTo(99);
    }

    /** Who begins a second holds nobody up, however long its transaction goes on. */
    @Test
    void an_open_transaction_that_has_moved_the_counter_on_does_not_hold_up_others() throws SQLException {
        config();
        try (Connection connection = first.connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            first.execute("SELECT setval('ringshard.id_counter', 1)");
            statement.execute("SELECT ringshard.next_id()");
            first.execute("SELECT setval('ringshard.id_counter', 1)");

            first.execute("SET lock_timeout = '5s'; SELECT ringshard.next_id()");

            assertThat(first.number("SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database"
                            + " WHERE locktype = 'advisory' AND datname = current_database()"))
                    .isZero();
        }
    }

    @Test
    void it_serves_as_a_default_for_who_may_do_nothing_in_the_schema_of_ringshard() throws SQLException {
        config();
        String role = "writer_of_" + first.name();
        first.execute("""
                CREATE TABLE notes (id bigint PRIMARY KEY DEFAULT ringshard.next_id(), note text);
                CREATE ROLE %1$s LOGIN;
                GRANT INSERT ON notes TO %1$s""".formatted(role));
        try {
            new TestDatabase(first.url(), role, "").execute("INSERT INTO notes (note) VALUES ('x'), ('y')");

            assertThat(first.number("SELECT count(DISTINCT id) FROM notes WHERE id > 270000000000000000"))
                    .isEqualTo(2);
        } finally {
            first.execute("DROP OWNED BY %1$s; DROP ROLE %1$s".formatted(role));
        }
    }

    @Test
    void a_database_that_is_no_shard_yet_gives_none() throws SQLException {
        config();
        first.execute("DELETE FROM ringshard.shard_number");

        assertThatThrownBy(() -> ids(first, 1)).hasMessageContaining("has no number for its ids");
    }

    @Test
    void who_joins_gets_a_number_that_nobody_has_or_had() throws SQLException {
        RingshardConfig config = config();
        TestDatabase third = PostgresServer.shared().createDatabase();
        TestDatabase fourth = PostgresServer.shared().createDatabase();
        third.execute("CREATE TABLE tenants (id bigint PRIMARY KEY, name text)");
        fourth.execute("CREATE TABLE tenants (id bigint PRIMARY KEY, name text)");
        try (Ringshard cluster = Ringshard.open(config)) {
            cluster.addShard(TestCluster.shard("a-third", third));
            cluster.removeShard("a-third");
            cluster.addShard(TestCluster.shard("fourth", fourth));
        }

        assertThat(ids(third, 1).get(0) & 1023).isEqualTo(2);
        assertThat(ids(fourth, 1).get(0) & 1023).isEqualTo(3);
        assertThat(first.text("SELECT string_agg(shard_number || ' ' || shard_name, ', ' ORDER BY shard_number)"
                        + " FROM ringshard.shard_number"))
                .isEqualTo("0 first, 1 second, 2 a-third, 3 fourth");
    }
}
