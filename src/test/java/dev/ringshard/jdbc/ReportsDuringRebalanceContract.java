package dev.ringshard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.Ringshard;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.testing.OpenCluster;
import dev.ringshard.testing.Parcel;
import dev.ringshard.testing.Parcels;
import dev.ringshard.testing.TestCluster;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Reports over all shards while one joins; does not show how long one without the condition has to wait. */
abstract class ReportsDuringRebalanceContract {
    private static final int PARCELS = 600;
    private static final List<String> KEYS =
            IntStream.range(0, PARCELS).mapToObj(i -> "p-" + i).toList();
    private static final String QUERY = "SELECT parcel_key FROM parcels";

    abstract DatabaseKind kind();

    @Test
    void a_report_has_every_row_once_or_is_refused_while_rows_move() throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(2);
        try (OpenCluster cluster = OpenCluster.ofParcels(Collections.nCopies(2, kind()))) {
            ShardConfig third = TestCluster.shard("eu-3", TestCluster.database(kind()));
            cluster.watch(third);
            Ringshard ringshard = cluster.ringshard();
            Parcels parcels = new Parcels(ringshard);
            parcels.createAll(KEYS.stream().map(Parcel::bare).toList());
            AtomicBoolean isDone = new AtomicBoolean();
            Future<Integer> exact =
                    executor.submit(() -> reports(ringshard, QUERY + " WHERE ringshard.is_owned(ring_token)", isDone));
            Future<Integer> asItIs = executor.submit(() -> reports(ringshard, QUERY, isDone));

            long moved = ringshard.addShard(third).movedRows();
            isDone.set(true);

            assertThat(moved).isPositive();
            assertThat(exact.get()).as("refused").isZero();
            assertThat(asItIs.get()).as("refused").isNotNegative();
            assertThat(read(ringshard, QUERY)).containsExactlyInAnyOrderElementsOf(KEYS);
            cluster.assertSound();
        } finally {
            executor.shutdownNow();
        }
    }

    /** @return how many were refused; all others had every row once */
    private static int reports(Ringshard ringshard, String query, AtomicBoolean isDone) throws SQLException {
        int refused = 0;
        do {
            try {
                assertThat(read(ringshard, query)).containsExactlyInAnyOrderElementsOf(KEYS);
            } catch (SQLException failure) {
                if (!SqlFailures.REPEAT.equals(failure.getSQLState())) {
                    throw failure;
                }
                refused++;
            }
        } while (!isDone.get());
        return refused;
    }

    private static List<String> read(Ringshard ringshard, String query) throws SQLException {
        List<String> keys = new ArrayList<>();
        try (Connection connection = ringshard.dataSource().allShards().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                keys.add(rows.getString(1));
            }
        }
        return keys;
    }
}
