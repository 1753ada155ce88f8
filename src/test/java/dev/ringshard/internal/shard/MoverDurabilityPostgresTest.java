package dev.ringshard.internal.shard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.config.DatabaseKind;
import dev.ringshard.testing.TestCluster;
import dev.ringshard.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a mover's commits wait for, whatever the database does by default. */
class MoverDurabilityPostgresTest {
    private static final Duration LOCK_TIMEOUT = Duration.ofSeconds(5);

    private final TestDatabase database = TestCluster.database(DatabaseKind.POSTGRESQL);

    @ParameterizedTest
    @CsvSource({"off, on", "local, on", "on, on", "remote_write, on", "remote_apply, remote_apply"})
    void a_move_is_on_disk_when_its_commit_returns(String byDefault, String expected) throws SQLException {
        setDefault(byDefault);
        try (Shards shards = Shards.open(List.of(TestCluster.shard("eu-1", database)));
                ShardTransaction move = shards.get("eu-1").beginMove(LOCK_TIMEOUT)) {
            assertThat(setting(move)).isEqualTo(expected);
        }
    }

    @Test
    void tidying_waits_for_no_disk_and_all_else_does() throws SQLException {
        setDefault("on");
        try (Shards shards = Shards.open(List.of(TestCluster.shard("eu-1", database)))) {
            Shard shard = shards.get("eu-1");
            try (ShardTransaction tidying = shard.beginTidying(LOCK_TIMEOUT)) {
                assertThat(setting(tidying)).isEqualTo("off");
                tidying.commit();
            }
            assertThat(shard.transaction(MoverDurabilityPostgresTest::setting)).isEqualTo("on");
        }
    }

    /** How long a copy takes depends on the rows, and not on what a role's queries may take. */
    @Test
    void the_time_limits_of_a_role_end_no_copy() throws SQLException {
        database.execute("ALTER DATABASE %s SET statement_timeout = '1min'".formatted(database.name()));
        try (Shards shards = Shards.open(List.of(TestCluster.shard("eu-1", database)))) {
            Shard shard = shards.get("eu-1");
            try (ShardTransaction copy = shard.beginCopy();
                    ShardTransaction move = shard.beginMove(LOCK_TIMEOUT);
                    ShardTransaction read = shard.beginSnapshot()) {
                assertThat(statementTimeout(copy)).isEqualTo("0");
                assertThat(statementTimeout(move)).isEqualTo("0");
                assertThat(statementTimeout(read)).isEqualTo("1min");
            }
        }
    }

    private static @Nullable String statementTimeout(ShardTransaction transaction) {
        return transaction.run(
                asking -> asking.dsl().fetchSingle("SHOW statement_timeout").get(0, String.class));
    }

    private void setDefault(String value) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "ALTER DATABASE \"%s\" SET synchronous_commit = %s".formatted(connection.getCatalog(), value));
        }
    }

    private static String setting(ShardTransaction transaction) {
        return Objects.requireNonNull(transaction.run(
                asking -> asking.dsl().fetchSingle("SHOW synchronous_commit").get(0, String.class)));
    }
}
