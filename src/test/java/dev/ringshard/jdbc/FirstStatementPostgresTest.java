package dev.ringshard.jdbc;

import static dev.ringshard.jdbc.RoutedTransactionContract.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.config.DatabaseKind;
import dev.ringshard.testing.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A statement that is sent together with its transaction and the check of its key fails, warns and gives results as one that is sent
 * alone.
 */
class FirstStatementPostgresTest extends JdbcCluster {
    @Override
    DatabaseKind kind() {
        return DatabaseKind.POSTGRESQL;
    }

    private Connection connection(String key, boolean autoCommit, boolean readOnly) throws SQLException {
        Connection connection = connection(key);
        connection.setReadOnly(readOnly);
        connection.setAutoCommit(autoCommit);
        return connection;
    }

    @ParameterizedTest
    @CsvSource({"true, true", "true, false", "false, true", "false, false"})
    void a_failure_is_the_drivers_and_says_nothing_of_what_was_sent_with_it(boolean autoCommit, boolean readOnly)
            throws SQLException {
        String key = parcelOn("eu-1");
        try (Connection plain = TestDatabase.of(config.shards().get(0)).connect();
                Connection routed = connection(key, autoCommit, readOnly)) {
            for (String sql : List.of(
                    "SELECT 1 /* open",
                    "SELECT 'open",
                    "SELECT 1)",
                    "SELECT nowhere",
                    "SELECT 1 / 0",
                    "SELECT count(*) FROM parcels FOR UPDATE",
                    LABEL)) {
                assertFailsAlike(sql, plain, routed, PreparedStatement::execute);
            }
            assertFailsAlike(LABEL, plain, routed, statement -> {
                statement.setString(1, key);
                statement.setString(2, key);
                statement.execute();
            });
            assertThat(label(routed, key)).isEqualTo("fragile");
            if (!autoCommit) {
                routed.rollback();
            }
        }
    }

    private interface Use {
        void of(PreparedStatement statement) throws SQLException;
    }

    private static void assertFailsAlike(String sql, Connection plain, Connection routed, Use use) throws SQLException {
        SQLException expected = failure(sql, plain, use);
        SQLException failure = failure(sql, routed, use);
        assertThat(failure.getMessage()).as(sql).isEqualTo(expected.getMessage());
        assertThat(failure.getSQLState()).as(sql).isEqualTo(expected.getSQLState());
        if (!routed.getAutoCommit()) {
            routed.rollback();
        }
    }

    private static SQLException failure(String sql, Connection connection, Use use) {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            use.of(statement);
        } catch (SQLException failure) {
            return failure;
        }
        throw new AssertionError("It has not failed: " + sql);
    }

    @ParameterizedTest
    @CsvSource({"true, true, 0", "true, false, 0", "false, true, 0", "false, false, 0", "false, false, 10"})
    void a_connection_that_is_aborted_while_its_first_statement_runs_ends_it_and_gives_back_what_it_holds(
            boolean autoCommit, boolean readOnly, int fetchSize) throws Exception {
        String key = parcelOn("eu-1");
        Connection connection = connection(key, autoCommit, readOnly);
        Statement statement = connection.createStatement();
        statement.setFetchSize(fetchSize);
        CompletableFuture<Void> running =
                CompletableFuture.runAsync(() -> assertThatThrownBy(() -> statement.executeQuery("SELECT pg_sleep(20)"))
                        .isInstanceOf(SQLException.class));
        until(() -> sleepers() == 1);

        connection.abort(Runnable::run);

        running.get(10, TimeUnit.SECONDS);
        assertThat(connection.isClosed()).isTrue();
        until(() -> onLoan() == 0);
    }

    private static void until(BooleanSupplier isSo) {
        for (long end = System.nanoTime() + 10_000_000_000L; !isSo.getAsBoolean(); Thread.onSpinWait()) {
            assertThat(System.nanoTime()).as("it did not come").isLessThan(end);
        }
    }

    private int sleepers() {
        try (Connection plain = TestDatabase.of(config.shards().get(0)).connect();
                Statement statement = plain.createStatement();
                ResultSet row = statement.executeQuery("""
                        SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'SELECT pg_sleep%'
                        AND datname = current_database()""")) {
            row.next();
            return row.getInt(1);
        } catch (SQLException failure) {
            throw new AssertionError(failure);
        }
    }

    @Test
    void a_read_only_transaction_writes_nothing_after_a_statement_that_the_driver_refuses_to_send()
            throws SQLException {
        String key = parcelOn("eu-1");
        try (Connection connection = connection(key, false, true);
                PreparedStatement query = connection.prepareStatement(LABEL)) {
            assertThatThrownBy(query::executeQuery).isInstanceOf(SQLException.class);
            assertRefused("25006", () -> relabel(connection, key, "written"));
            connection.rollback();
        }
    }

    @ParameterizedTest
    @CsvSource({"true, true", "true, false", "false, true", "false, false"})
    void a_query_of_all_columns_is_prepared_anew_when_one_was_added(boolean autoCommit, boolean readOnly)
            throws SQLException {
        String key = parcelOn("eu-1");
        try (Connection plain = TestDatabase.of(config.shards().get(0)).connect();
                Statement tables = plain.createStatement();
                Connection connection = connection(key, autoCommit, readOnly);
                PreparedStatement query = connection.prepareStatement("SELECT * FROM added WHERE name = ?")) {
            tables.execute("CREATE TABLE added (name text)");
            try {
                query.setString(1, key);
                for (int time = 0; time < 12; time++) {
                    assertThat(columns(query, connection)).isEqualTo(1);
                }
                tables.execute("ALTER TABLE added ADD COLUMN further text");
                assertThat(columns(query, connection)).isEqualTo(2);
                assertThat(columns(query, connection)).isEqualTo(2);
            } finally {
                tables.execute("DROP TABLE added");
            }
        }
    }

    private static int columns(PreparedStatement query, Connection connection) throws SQLException {
        try (ResultSet rows = query.executeQuery()) {
            return rows.getMetaData().getColumnCount();
        } finally {
            if (!connection.getAutoCommit()) {
                connection.rollback();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void warnings_of_a_statement_are_told(boolean autoCommit) throws SQLException {
        String key = parcelOn("eu-1");
        try (Connection plain = TestDatabase.of(config.shards().get(0)).connect();
                Statement functions = plain.createStatement();
                Connection connection = connection(key, autoCommit, false);
                Statement statement = connection.createStatement()) {
            functions.execute(
                    "CREATE FUNCTION warn() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RAISE WARNING 'be warned'; RETURN 3; END $$");
            try {
                assertThat(statement.executeUpdate(
                                "UPDATE parcels SET handled = warn() WHERE parcel_key = '" + key + "'"))
                        .isEqualTo(1);
                assertThat((Object) statement.getWarnings()).isNotNull();
                assertThat(statement.getWarnings().getMessage()).isEqualTo("be warned");
                statement.clearWarnings();
                assertThat((Object) statement.getWarnings()).isNull();
                statement.executeUpdate("UPDATE parcels SET handled = 1 WHERE parcel_key = '" + key + "'");
                assertThat((Object) statement.getWarnings()).isNull();
                if (!autoCommit) {
                    connection.commit();
                }
            } finally {
                functions.execute("DROP FUNCTION warn()");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_text_of_several_statements_gives_all_their_results(boolean autoCommit) throws SQLException {
        String key = parcelOn("eu-1");
        try (Connection connection = connection(key, autoCommit, false);
                Statement statement = connection.createStatement()) {
            List<String> results = new ArrayList<>();
            boolean isRows = statement.execute("UPDATE parcels SET label = 'x' WHERE parcel_key = '" + key
                    + "'; SELECT 7; UPDATE parcels SET label = 'y' WHERE FALSE; SELECT 8");
            while (isRows || statement.getUpdateCount() != -1) {
                if (isRows) {
                    try (ResultSet rows = statement.getResultSet()) {
                        rows.next();
                        results.add("row " + rows.getInt(1));
                    }
                } else {
                    results.add("count " + statement.getUpdateCount());
                }
                isRows = statement.getMoreResults();
            }
            assertThat(results).containsExactly("count 1", "row 7", "count 0", "row 8");
            if (!autoCommit) {
                connection.commit();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void rows_stay_open_behind_which_more_results_are_asked_for_with_them_kept(boolean autoCommit) throws SQLException {
        String key = parcelOn("eu-1");
        try (Connection connection = connection(key, autoCommit, false);
                PreparedStatement query = connection.prepareStatement(LABEL)) {
            query.setString(1, key);
            ResultSet rows = query.executeQuery();
            assertThat(query.getMoreResults(Statement.KEEP_CURRENT_RESULT)).isFalse();
            assertThat(query.getUpdateCount()).isEqualTo(-1);
            assertThat(rows.next()).isTrue();
            if (!autoCommit) {
                connection.commit();
            }
        }
    }
}
