package dev.ringshard.internal.shard;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ringshard.config.ShardConfig;
import dev.ringshard.testing.FaultProxy;
import dev.ringshard.testing.PostgresServer;
import dev.ringshard.testing.TestDatabase;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class LoginPostgresTest extends LoginContract {
    @Override
    TestDatabase database() {
        return PostgresServer.shared().createDatabase();
    }

    @Override
    String missing(TestDatabase database) {
        return database.url().replaceFirst("(/test_[^?]*)", "$1_gone");
    }

    @Override
    String refusal() {
        return "\"nobody_here\"";
    }

    @Override
    String absence() {
        return "does not exist";
    }

    @Test
    void a_server_that_cannot_be_reached_is_waited_for() throws Exception {
        TestDatabase database = database();
        try (FaultProxy proxy = FaultProxy.before(database);
                Shards shards = Shards.open(
                        List.of(ShardConfig.of("eu-1", proxy.database().url(), database.user(), database.password())
                                .withPool(PATIENT)))) {
            proxy.refuse();
            Shard shard = shards.get("eu-1");
            CompletableFuture<Boolean> waiting = CompletableFuture.supplyAsync(() -> shard.transaction(begun -> true));
            await().until(() -> shard.pool().orElseThrow().waiting() > 0);

            proxy.heal();

            assertThat(waiting.get(30, SECONDS)).isTrue();
        }
    }
}
