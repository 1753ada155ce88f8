package dev.ringshard.jdbc;

import static dev.ringshard.jdbc.JdbcCluster.label;
import static dev.ringshard.jdbc.JdbcCluster.relabel;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.Ringshard;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.status.PoolState;
import dev.ringshard.testing.Parcel;
import dev.ringshard.testing.Parcels;
import dev.ringshard.testing.PgBouncer;
import dev.ringshard.testing.TestCluster;
import dev.ringshard.testing.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Routed connections through a real PgBouncer, which gives one connection of the server to many clients in turn, while a shard is
 * drained.
 */
@Tag("ci")
class PooledConnectionsPostgresTest {
    private static final int THREADS = 3;
    private static final int PARCELS = 30;

    private final List<TestDatabase> databases = TestCluster.foundedDatabases(
            Collections.nCopies(3, DatabaseKind.POSTGRESQL), founded -> Parcels.config(TestCluster.shards(founded)));

    @ParameterizedTest
    @EnumSource(PgBouncer.Mode.class)
    void connections_do_all_they_do_without_a_pooler_while_rows_move(PgBouncer.Mode mode) throws Exception {
        for (TestDatabase database : databases) {
            database.execute("ALTER DATABASE " + database.name() + " SET lock_timeout = '3s'");
        }
        ExecutorService executor = Executors.newFixedThreadPool(THREADS);
        try (PgBouncer pooler = PgBouncer.before(databases, mode, 8);
                Ringshard ringshard = Ringshard.open(Parcels.config(
                        TestCluster.shards(databases.stream().map(pooler::to).toList())))) {
            Parcels parcels = new Parcels(ringshard);
            parcels.createAll(IntStream.range(0, PARCELS)
                    .mapToObj(i -> Parcel.bare("p-" + i))
                    .toList());
            AtomicBoolean isDone = new AtomicBoolean();
            List<Future<Integer>> workers = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                int first = thread;
                workers.add(executor.submit(() -> work(ringshard.dataSource(), first, isDone)));
            }

            long moved = ringshard.removeShard("eu-3").movedRows();
            isDone.set(true);

            int rounds = 0;
            for (Future<Integer> worker : workers) {
                rounds += worker.get();
            }
            assertThat(moved).isPositive();
            assertThat(rounds).isGreaterThanOrEqualTo(PARCELS);
            assertThat(ringshard.verify().isSound()).isTrue();
            assertThat(ringshard.connections())
                    .allSatisfy(shard ->
                            assertThat(shard.pool().map(PoolState::active)).contains(0));
        } finally {
            executor.shutdownNow();
        }
    }

    /** Every way in which a connection is used, for each third parcel, often enough that the driver would name its statements. */
    private static int work(RingshardDataSource dataSource, int first, AtomicBoolean isDone) throws SQLException {
        int rounds = 0;
        for (int round = 1; round <= 8 || !isDone.get(); round++) {
            for (int parcel = first; parcel < PARCELS; parcel += THREADS) {
                String key = "p-" + parcel;
                String text = "round " + round;
                ShardKey.with(key, () -> {
                    try (Connection connection = dataSource.getConnection()) {
                        transaction(connection, key, text);
                        readOnly(connection, key, text);
                        autocommit(connection, key, text);
                    }
                });
                rounds++;
            }
        }
        return rounds;
    }

    private static void transaction(Connection connection, String key, String text) throws SQLException {
        connection.setAutoCommit(false);
        assertThat(relabel(connection, key, text)).isEqualTo(1);
        Savepoint savepoint = connection.setSavepoint();
        assertThat(relabel(connection, key, "rolled back")).isEqualTo(1);
        connection.rollback(savepoint);
        assertThat(label(connection, key)).isEqualTo(text);
        connection.commit();
    }

    private static void readOnly(Connection connection, String key, String text) throws SQLException {
        connection.setReadOnly(true);
        try (PreparedStatement query = connection.prepareStatement(JdbcCluster.LABEL)) {
            query.setFetchSize(1);
            assertThat(label(query, key)).isEqualTo(text);
            assertThat(label(query, key)).isEqualTo(text);
        }
        RoutedTransactionContract.assertRefused("25006", () -> relabel(connection, key, "read only"));
        connection.rollback();
        connection.setReadOnly(false);
    }

    private static void autocommit(Connection connection, String key, String text) throws SQLException {
        connection.setAutoCommit(true);
        try (PreparedStatement update = connection.prepareStatement(
                "UPDATE parcels SET handled = handled + 1 WHERE parcel_key = ?", new String[] {"handled"})) {
            update.setString(1, key);
            assertThat(update.executeUpdate()).isEqualTo(1);
            try (ResultSet keys = update.getGeneratedKeys()) {
                assertThat(keys.next()).isTrue();
            }
        }
        assertThat(relabel(connection, key, text)).isEqualTo(1);
        assertThat(label(connection, key)).isEqualTo(text);
    }
}
