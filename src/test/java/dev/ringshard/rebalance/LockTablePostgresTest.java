package dev.ringshard.rebalance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.ringshard.Ringshard;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.failure.SqlFailedException;
import dev.ringshard.testing.EmbeddedServer;
import dev.ringshard.testing.Parcel;
import dev.ringshard.testing.Parcels;
import dev.ringshard.testing.PostgresServer;
import dev.ringshard.testing.TestCluster;
import dev.ringshard.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A server whose table of locks others have filled. Takes a server of its own. */
@Tag("ci")
class LockTablePostgresTest {
    @Test
    void a_full_table_of_locks_is_named_and_what_it_stopped_ends_once_there_is_room() throws SQLException {
        try (EmbeddedServer server =
                PostgresServer.start(Map.of("max_locks_per_transaction", "10", "max_connections", "40"))) {
            TestDatabase first = server.createDatabase();
            List<ShardConfig> shards = TestCluster.shards(List.of(first, server.createDatabase())).stream()
                    .map(shard -> shard.withPool(shard.pool().withSize(4)))
                    .toList();
            RingshardConfig config = Parcels.config(shards.subList(0, 1));
            Ringshard.init(config);
            try (Ringshard shop = Ringshard.open(config)) {
                new Parcels(shop)
                        .createAll(IntStream.range(0, 100)
                                .mapToObj(i -> Parcel.of("p-" + i, "1.00"))
                                .toList());
                try (Connection filling = first.connect()) {
                    fill(filling);
                    assertNamed(shop::recover);
                    assertNamed(() -> shop.addShard(shards.get(1)));
                }
                await().until(() -> first.number("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'") == 0);

                assertThat(shop.addShard(shards.get(1)).movedRows()).isPositive();
                assertThat(shop.verify().isSound()).isTrue();
                assertThat(new Parcels(shop).totals().parcels()).isEqualTo(100);
            }
        }
    }

    private static void assertNamed(ThrowingCallable stopped) {
        assertThatThrownBy(stopped)
                .isInstanceOf(SqlFailedException.class)
                .hasMessageContaining("Shard eu-1 refused a statement")
                .hasMessageContaining("SQLSTATE 53200")
                .hasMessageContaining("room for more locks (max_locks_per_transaction)");
    }

    /** But for six. */
    private static void fill(Connection connection) throws SQLException {
        int taken = 0;
        int step = 1000;
        while (step > 0) {
            try {
                lock(connection, "pg_advisory_lock", taken + 1, taken + step);
                taken += step;
            } catch (SQLException full) {
                assertThat(full.getSQLState()).isEqualTo("53200");
                lock(connection, "pg_advisory_unlock", taken + 1, taken + step);
                step /= 4;
            }
        }
        lock(connection, "pg_advisory_unlock", taken - 5, taken);
    }

    private static void lock(Connection connection, String call, int first, int last) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SELECT %s(i) FROM generate_series(%d, %d) i".formatted(call, first, last));
        }
    }
}
