package dev.ringshard.internal.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.config.PoolConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.failure.ShardUnavailableException;
import dev.ringshard.testing.TestDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a server refuses is told at once: who waited for it here would wait for ten minutes. */
@Timeout(value = 1, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class LoginContract {
    static final PoolConfig PATIENT = PoolConfig.DEFAULT.withConnectionTimeout(Duration.ofMinutes(10));

    abstract TestDatabase database() throws SQLException;

    /** The URL of a database that does not exist, where the first is. */
    abstract String missing(TestDatabase database);

    /** What the server says to somebody whom it does not let in, and of a database that does not exist. */
    abstract String refusal();

    abstract String absence();

    @Test
    void a_user_who_is_not_let_in_is_told_at_once() throws SQLException {
        TestDatabase database = database();
        assertRefused(ShardConfig.of("eu-1", database.url(), "nobody_here", "wrong"), refusal());
    }

    @Test
    void a_database_that_does_not_exist_is_told_at_once() throws SQLException {
        TestDatabase database = database();
        assertRefused(ShardConfig.of("eu-1", missing(database), database.user(), database.password()), absence());
    }

    private static void assertRefused(ShardConfig config, String reason) {
        try (Shards shards = Shards.open(List.of(config.withPool(PATIENT)))) {
            Shard shard = shards.get("eu-1");
            assertThatThrownBy(() -> shard.transaction(begun -> true))
                    .isInstanceOf(ShardUnavailableException.class)
                    .hasMessageContaining("Shard eu-1 cannot be reached: ")
                    .hasMessageContaining(reason)
                    .satisfies(failure ->
                            assertThat(FailureKind.isRefusedLogin(failure)).isTrue());
        }
    }
}
