package dev.ringshard.jdbc;

import static dev.ringshard.jdbc.RoutedTransactionContract.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.Ringshard;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.PoolConfig;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.testing.Parcels;
import dev.ringshard.testing.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLTransactionRollbackException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What failures are to code that knows SQLSTATEs, and what is true of the data then. */
class SqlFailuresPostgresTest extends JdbcCluster {
    private static final String END_OWN_SESSION = "SELECT pg_terminate_backend(pg_backend_pid())";

    @Override
    DatabaseKind kind() {
        return DatabaseKind.POSTGRESQL;
    }

    private void onFirst(String sql) throws SQLException {
        try (Connection connection = TestDatabase.of(config.shards().get(0)).connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private void killWhoeverCommits() throws SQLException {
        onFirst("CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS"
                + " 'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END'");
        onFirst("CREATE CONSTRAINT TRIGGER dies_at_commit AFTER UPDATE ON parcels"
                + " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION die()");
    }

    @Test
    void a_commit_without_an_answer_is_08007_and_the_connection_works_on() throws SQLException {
        String key = parcelOn("eu-1");
        killWhoeverCommits();
        try (Connection connection = connection(key)) {
            assertThatThrownBy(() -> relabel(connection, key, "nobody knows"))
                    .isInstanceOf(SQLNonTransientConnectionException.class)
                    .extracting("SQLState")
                    .isEqualTo("08007");
            connection.setAutoCommit(false);
            relabel(connection, key, "nobody knows");
            assertThatThrownBy(connection::commit)
                    .isInstanceOf(SQLNonTransientConnectionException.class)
                    .extracting("SQLState")
                    .isEqualTo("08007");

            assertThat(label(connection, key)).isEqualTo("fragile");
            connection.commit();
        }
    }

    @Test
    void a_connection_lost_before_the_commit_is_40001_and_nothing_goes_on_until_the_rollback() throws SQLException {
        String key = parcelOn("eu-1");
        try (Connection connection = connection(key);
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            relabel(connection, key, "undone");
            assertThatThrownBy(() -> statement.executeQuery(END_OWN_SESSION))
                    .isInstanceOf(SQLTransactionRollbackException.class)
                    .extracting("SQLState")
                    .isEqualTo("40001");
            assertThat(connection.isValid(1)).isFalse();
            assertRefused("25P02", () -> label(connection, key));
            assertRefused("40001", connection::commit);

            assertThat(label(connection, key)).isEqualTo("fragile");
            relabel(connection, key, "repeated");
            connection.commit();
        }
        assertThat(storedLabel(key)).isEqualTo("repeated");
    }

    @Test
    void a_transaction_that_goes_on_after_a_failed_statement_commits_nothing() throws SQLException {
        String key = parcelOn("eu-1");
        try (Connection connection = connection(key);
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            relabel(connection, key, "undone");
            assertRefused("42P01", () -> statement.executeQuery("SELECT 1 FROM nowhere"));
            assertRefused("25P02", () -> label(connection, key));
            assertRefused("25P02", connection::commit);

            assertThat(label(connection, key)).isEqualTo("fragile");
            assertRefused(
                    "23505",
                    () -> statement.executeUpdate("INSERT INTO parcels (parcel_key, label, ring_token) VALUES ('" + key
                            + "', 'again', " + ringshard.router().token(key) + ")"));
            connection.rollback();
        }
    }

    @Test
    void a_serialization_failure_is_the_databases_own_and_repeating_it_works() throws SQLException {
        String key = parcelOn("eu-1");
        try (Connection connection = connection(key)) {
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            connection.setAutoCommit(false);
            label(connection, key);
            try (Connection faster = connection(key)) {
                relabel(faster, key, "faster");
            }
            assertRefused("40001", () -> relabel(connection, key, "slower"));
            connection.rollback();
            relabel(connection, key, "slower");
            connection.commit();
        }
        assertThat(storedLabel(key)).isEqualTo("slower");
    }

    @Test
    void in_autocommit_a_statement_that_fails_leaves_a_connection_that_works() throws SQLException {
        String key = parcelOn("eu-1");
        try (Connection connection = connection(key);
                Statement statement = connection.createStatement()) {
            for (int i = 0; i < 20; i++) { // more than there are in the pool
                assertRefused("42P01", () -> statement.executeQuery("SELECT 1 FROM nowhere"));
                assertRefused(
                        "23505",
                        () -> statement.executeUpdate("INSERT INTO parcels (parcel_key, label, ring_token) VALUES ('"
                                + key + "', 'again', " + ringshard.router().token(key) + ")"));
                assertThat(relabel(connection, key, "round " + i)).isEqualTo(1);
                assertThat(label(connection, key)).isEqualTo("round " + i);
            }
            assertRefused("02000", () -> statement.executeQuery("DELETE FROM stamps"));
            assertRefused("0100E", () -> statement.executeUpdate("SELECT 1"));
        }
    }

    @Test
    void a_shard_that_is_down_is_08001_for_its_own_keys() throws SQLException {
        String key = parcelOn("eu-1");
        String down = parcelOn("eu-2");
        RingshardConfig halfDown = Parcels.config(
                List.of(
                        config.shards().get(0),
                        ShardConfig.of("eu-2", "jdbc:postgresql://localhost:1/nothing", "nobody", "")
                                .withPool(PoolConfig.DEFAULT.withConnectionTimeout(Duration.ofMillis(300)))),
                Duration.ofMillis(500));
        try (Ringshard half = Ringshard.open(halfDown);
                Connection connection =
                        ShardKey.with(key, () -> half.dataSource().getConnection());
                Connection toNobody =
                        ShardKey.with(down, () -> half.dataSource().getConnection())) {
            assertThat(label(connection, key)).isEqualTo("fragile");
            assertRefused("08001", () -> label(toNobody, down));
            toNobody.setAutoCommit(false);
            assertRefused("08001", () -> relabel(toNobody, down, "nowhere"));
            assertThat(toNobody.setShardingKeyIfValid(ShardKey.of(down), 1)).isFalse();
            assertThat(toNobody.getMetaData().getDatabaseProductName()).isEqualTo("PostgreSQL");
        }
    }

    @Test
    void reading_takes_no_transaction_id_and_what_a_session_was_told_reaches_nobody_else() throws SQLException {
        String key = parcelOn("eu-1");
        try (Connection connection = connection(key);
                Statement statement = connection.createStatement()) {
            assertThat(one(statement, "SELECT pg_current_xact_id_if_assigned()"))
                    .isNull();
            connection.setReadOnly(true);
            connection.setAutoCommit(false);
            assertThat(one(statement, "SELECT pg_current_xact_id_if_assigned()"))
                    .isNull();
            assertThat(one(statement, "SELECT current_setting('transaction_isolation')"))
                    .isEqualTo("repeatable read");
            assertRefused("25006", () -> relabel(connection, key, "reading"));
            connection.rollback();
            connection.setReadOnly(false);
            connection.setSchema("ringshard");
            connection.setClientInfo("ApplicationName", "the shop");
            assertThat(one(statement, "SELECT current_schema || current_setting('application_name')"))
                    .isEqualTo("ringshardthe shop");
            statement.execute("SET statement_timeout = '77s'");
            connection.commit();
        }
        for (int i = 0; i < 8; i++) {
            try (Connection next = connection(key);
                    Statement statement = next.createStatement()) {
                assertThat(one(statement, "SELECT current_schema || current_setting('statement_timeout')"))
                        .isEqualTo("public0");
                assertThat(one(statement, "SELECT current_setting('application_name')"))
                        .isNotEqualTo("the shop");
            }
        }
    }

    @Test
    void rows_are_fetched_as_they_are_read_within_a_transaction() throws SQLException {
        String key = parcelOn("eu-1");
        try (Connection connection = connection(key);
                PreparedStatement query = connection.prepareStatement("SELECT i FROM generate_series(1, 1000) AS i")) {
            connection.setAutoCommit(false);
            query.setFetchSize(10);
            try (ResultSet rows = query.executeQuery()) {
                assertThat(rows.next()).isTrue();
                assertThat(rows.getFetchSize()).isEqualTo(10);
                connection.commit();
                assertThatThrownBy(() -> {
                            while (rows.next()) {
                                rows.getInt(1);
                            }
                        })
                        .isInstanceOf(SQLException.class);
            }
        }
    }

    private static @org.jspecify.annotations.Nullable String one(Statement statement, String sql) throws SQLException {
        try (ResultSet row = statement.executeQuery(sql)) {
            assertThat(row.next()).isTrue();
            return row.getString(1);
        }
    }
}
