package dev.ringshard.internal.shard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.config.PoolConfig;
import dev.ringshard.config.ShardConfig;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class QuestionsTest {
    /** The pool goes on trying for as long as a connection may take, which may be longer than anybody waits for an answer. */
    @Test
    void who_does_not_answer_in_time_is_told_with_why_nobody_can_log_in() {
        ShardConfig stopped = ShardConfig.of("eu-1", "jdbc:postgresql://127.0.0.1:1/none", "nobody", "")
                .withPool(PoolConfig.DEFAULT.withConnectionTimeout(Duration.ofSeconds(5)));
        ExecutorService executor = Executors.newCachedThreadPool();
        try (Shards shards = Shards.open(List.of(stopped))) {
            Questions<Boolean> questions =
                    new Questions<>(executor, shard -> shard.read(connection -> connection.isValid(1)));

            assertThat(Objects.requireNonNull(questions
                                    .ask(shards.all(), Duration.ofSeconds(1))
                                    .get(shards.get("eu-1")))
                            .failure())
                    .hasMessageStartingWith("Shard eu-1 does not answer in time: Connection")
                    .hasMessageContaining("refused");
        } finally {
            executor.shutdownNow();
        }
    }
}
