package dev.ringshard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.Ringshard;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.status.PoolState;
import dev.ringshard.testing.OpenCluster;
import dev.ringshard.testing.Parcel;
import dev.ringshard.testing.Parcels;
import dev.ringshard.testing.TestCluster;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Transactions of routed connections while a shard joins; does not show what a mover that dies does to them. */
abstract class RebalancedConnectionsContract {
    private static final int THREADS = 4;
    private static final int PARCELS = 80;

    abstract DatabaseKind kind();

    @Test
    void nothing_is_lost_or_seen_late_while_rows_move_under_transactions_and_autocommit() throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(THREADS);
        try (OpenCluster cluster = OpenCluster.ofParcels(Collections.nCopies(2, kind()))) {
            ShardConfig third = TestCluster.shard("eu-3", TestCluster.database(kind()));
            cluster.watch(third);
            Ringshard ringshard = cluster.ringshard();
            Parcels parcels = new Parcels(ringshard);
            parcels.createAll(IntStream.range(0, PARCELS)
                    .mapToObj(i -> Parcel.bare("p-" + i))
                    .toList());
            AtomicBoolean isDone = new AtomicBoolean();
            List<Future<Integer>> workers = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                int first = thread;
                workers.add(executor.submit(() -> stamps(ringshard.dataSource(), first, isDone)));
            }

            long moved = ringshard.addShard(third).movedRows();
            isDone.set(true);
            int stamps = 0;
            for (Future<Integer> worker : workers) {
                stamps += worker.get();
            }

            assertThat(moved).isPositive();
            assertThat(stamps).isGreaterThan(PARCELS);
            assertThat(parcels.totals()).isEqualTo(new Parcels.Totals(PARCELS, new BigDecimal(stamps + ".00")));
            assertThat(ringshard.connections())
                    .allSatisfy(shard ->
                            assertThat(shard.pool().map(PoolState::active)).contains(0));
            cluster.assertSound();
        } finally {
            executor.shutdownNow();
        }
    }

    /** Puts stamps on every fourth parcel in turn, and reads each back in three ways. */
    private static int stamps(RingshardDataSource dataSource, int first, AtomicBoolean isDone) throws SQLException {
        int stamps = 0;
        for (int round = 1; round <= 3 || !isDone.get(); round++) {
            for (int parcel = first; parcel < PARCELS; parcel += THREADS) {
                String key = "p-" + parcel;
                String stamp = "s" + round;
                int expected = round;
                ShardKey.with(key, () -> {
                    try (Connection connection = dataSource.getConnection()) {
                        connection.setAutoCommit(false);
                        stampUntilDone(connection, key, stamp);
                        connection.setAutoCommit(true);
                        assertThat(postage(connection, key)).isEqualTo(new BigDecimal(expected + ".00"));
                        assertThat(handle(connection, key)).isEqualTo(1);
                        connection.setReadOnly(true);
                        assertThat(postage(connection, key)).isEqualTo(new BigDecimal(expected + ".00"));
                        connection.setAutoCommit(false);
                        assertThat(postage(connection, key)).isEqualTo(new BigDecimal(expected + ".00"));
                        connection.commit();
                    }
                });
                stamps++;
            }
        }
        return stamps;
    }

    /** As a framework does whose transactions are repeated on what it knows as a serialization failure. */
    private static void stampUntilDone(Connection connection, String key, String stamp) throws SQLException {
        while (true) {
            try {
                stamp(connection, key, stamp);
                connection.commit();
                return;
            } catch (SQLException failure) {
                connection.rollback();
                if (!SqlFailures.REPEAT.equals(failure.getSQLState())) {
                    throw failure;
                }
            }
        }
    }

    private static void stamp(Connection connection, String key, String stamp) throws SQLException {
        try (PreparedStatement lock =
                        connection.prepareStatement("SELECT label FROM parcels WHERE parcel_key = ? FOR UPDATE");
                PreparedStatement insert = connection.prepareStatement(
                        "INSERT INTO stamps (parcel_key, stamp, amount) VALUES (?, ?, 1.00)");
                PreparedStatement add = connection.prepareStatement(
                        "UPDATE parcels SET postage = postage + 1.00 WHERE parcel_key = ?")) {
            lock.setString(1, key);
            try (ResultSet row = lock.executeQuery()) {
                assertThat(row.next()).isTrue();
            }
            insert.setString(1, key);
            insert.setString(2, stamp);
            insert.executeUpdate();
            add.setString(1, key);
            assertThat(add.executeUpdate()).isEqualTo(1);
        }
    }

    private static BigDecimal postage(Connection connection, String key) throws SQLException {
        try (PreparedStatement query =
                connection.prepareStatement("SELECT postage FROM parcels WHERE parcel_key = ?")) {
            query.setString(1, key);
            try (ResultSet row = query.executeQuery()) {
                assertThat(row.next()).isTrue();
                return row.getBigDecimal(1);
            }
        }
    }

    private static int handle(Connection connection, String key) throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement("UPDATE parcels SET handled = handled + 1 WHERE parcel_key = ?")) {
            update.setString(1, key);
            return update.executeUpdate();
        }
    }
}
