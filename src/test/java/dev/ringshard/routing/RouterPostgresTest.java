package dev.ringshard.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.Ringshard;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.testing.TestCluster;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RouterPostgresTest extends RouterContract {
    @Override
    DatabaseKind kind() {
        return DatabaseKind.POSTGRESQL;
    }

    /** A table lock stands for a frozen server: whoever asks that shard what it owns gets no answer for 50 s. */
    @Test
    void a_frozen_shard_does_not_stall_a_call_between_healthy_ones() throws Exception {
        String key = customerOn("eu-1");
        ShardConfig patient = shard(2).withPool(shard(2).pool().withLockTimeout(Duration.ofSeconds(50)));
        try (Ringshard stale = Ringshard.open(TestCluster.config(List.of(shard(0), shard(1), patient)));
                Connection connection = database(2).connect();
                Statement statement = connection.createStatement()) {
            moveRangeOf(key); // purged, so that nothing on eu-1 says where it went
            connection.setAutoCommit(false);
            statement.execute("LOCK TABLE ringshard.membership, ringshard.handover IN ACCESS EXCLUSIVE MODE");

            CompletableFuture<Boolean> read = CompletableFuture.supplyAsync(
                    () -> stale.customers().find(key).isPresent());

            assertThat(read.get(30, TimeUnit.SECONDS)).isTrue();
            connection.rollback();
        }
    }
}
