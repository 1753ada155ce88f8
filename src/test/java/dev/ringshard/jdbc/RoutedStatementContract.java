package dev.ringshard.jdbc;

import static dev.ringshard.jdbc.RoutedTransactionContract.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What statements of a routed connection can do, in transactions and in autocommit. */
abstract class RoutedStatementContract extends JdbcCluster {
    private static final String STAMP = "INSERT INTO stamps (parcel_key, stamp, amount) VALUES (?, ?, ?)";
    private static final String STAMPS = "SELECT stamp FROM stamps WHERE parcel_key = ? ORDER BY stamp";

    private Connection connection(String key, boolean autoCommit) throws SQLException {
        Connection connection = connection(key);
        connection.setAutoCommit(autoCommit);
        return connection;
    }

    private static void finish(Connection connection) throws SQLException {
        if (!connection.getAutoCommit()) {
            connection.commit();
        }
    }

    private static List<String> stamps(Connection connection, String key, int fetchSize) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(STAMPS)) {
            query.setFetchSize(fetchSize);
            query.setString(1, key);
            List<String> found = new ArrayList<>();
            try (ResultSet rows = query.executeQuery()) {
                assertThat(rows.getStatement()).isSameAs(query);
                while (rows.next()) {
                    found.add(rows.getString("stamp"));
                }
            }
            assertThat(query.getFetchSize()).isEqualTo(fetchSize);
            assertThat(query.getConnection()).isSameAs(connection);
            return found;
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void batches_are_written_whole_and_read_with_a_fetch_size(boolean autoCommit) throws SQLException {
        String key = parcelOn("eu-1");
        try (Connection connection = connection(key, autoCommit);
                PreparedStatement insert = connection.prepareStatement(STAMP)) {
            for (int round = 0; round < 2; round++) {
                insert.setString(1, key);
                insert.setBigDecimal(3, BigDecimal.ONE);
                for (int i = 0; i < 10; i++) {
                    insert.setString(2, "s" + round + i);
                    insert.addBatch();
                }
                assertThat(insert.executeBatch()).hasSize(10).containsAnyOf(1, Statement.SUCCESS_NO_INFO);
                assertThat(insert.executeBatch()).isEmpty();
                finish(connection);
            }
            assertThat(stamps(connection, key, 3)).hasSize(20);
            try (Statement plain = connection.createStatement()) {
                plain.addBatch("DELETE FROM stamps WHERE parcel_key = '" + key + "' AND stamp LIKE 's0%'");
                plain.addBatch("DELETE FROM stamps WHERE parcel_key = '" + key + "' AND stamp = 's10'");
                assertThat(plain.executeBatch()).containsExactly(10, 1);
            }
            finish(connection);
            assertThat(stamps(connection, key, 0)).hasSize(9);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void generated_keys_come_back(boolean autoCommit) throws SQLException {
        String key = parcelOn("eu-1");
        try (Connection connection = connection(key, autoCommit)) {
            try (PreparedStatement update = connection.prepareStatement(
                    "UPDATE parcels SET handled = handled + 41 WHERE parcel_key = ?", new String[] {"handled"})) {
                for (int i = 1; i <= 2; i++) {
                    update.setString(1, key);
                    assertThat(update.executeUpdate()).isEqualTo(1);
                    try (ResultSet keys = update.getGeneratedKeys()) {
                        assertThat(keys.next()).isTrue();
                        assertThat(keys.getInt(1)).isEqualTo(41 * i);
                        assertThat(keys.getStatement()).isSameAs(update);
                    }
                }
            }
            try (Statement plain = connection.createStatement()) {
                plain.executeUpdate(
                        "UPDATE parcels SET handled = 7 WHERE parcel_key = '" + key + "'", new String[] {"handled"});
                try (ResultSet keys = plain.getGeneratedKeys()) {
                    assertThat(keys.next()).isTrue();
                    assertThat(keys.getInt(1)).isEqualTo(7);
                }
            }
            finish(connection);
        }
        assertThat(parcels.find(key).orElseThrow().handled()).isEqualTo(7);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void execute_tells_what_it_gave(boolean autoCommit) throws SQLException {
        String key = parcelOn("eu-1");
        try (Connection connection = connection(key, autoCommit)) {
            try (PreparedStatement statement = connection.prepareStatement(RELABEL)) {
                assertThat(statement.getParameterMetaData().getParameterCount()).isEqualTo(2);
                statement.setCharacterStream(1, new StringReader("streamed"));
                statement.setString(2, key);
                assertThat(statement.execute()).isFalse();
                assertThat(statement.getUpdateCount()).isEqualTo(1);
                assertThat(statement.getResultSet()).isNull();
                assertThat(statement.getMoreResults()).isFalse();
                assertThat(statement.getUpdateCount()).isEqualTo(-1);
            }
            try (PreparedStatement statement = connection.prepareStatement(LABEL)) {
                assertThat(statement.getMetaData().getColumnLabel(1)).isEqualToIgnoringCase("label");
                statement.setString(1, key);
                statement.setMaxRows(5);
                assertThat(statement.execute()).isTrue();
                try (ResultSet rows = statement.getResultSet()) {
                    assertThat(statement.getResultSet()).isSameAs(rows);
                    assertThat(rows.next()).isTrue();
                    assertThat(rows.getString(1)).isEqualTo("streamed");
                }
                assertThat(statement.getMoreResults()).isFalse();
                assertThat(statement.getMaxRows()).isEqualTo(5);
                assertThat(statement.getQueryTimeout()).isZero();
                assertThat(statement.getResultSetType()).isEqualTo(ResultSet.TYPE_FORWARD_ONLY);
                assertThat((Object) statement.getWarnings()).isNull();
                assertRefused("22023", () -> statement.setMaxRows(-1));
            }
            finish(connection);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void what_a_statement_tells_of_itself_is_its_own_and_leaves_its_rows_open(boolean autoCommit) throws SQLException {
        String key = parcelOn("eu-1");
        try (Connection connection = connection(key, autoCommit);
                PreparedStatement query = connection.prepareStatement(LABEL);
                PreparedStatement update = connection.prepareStatement(RELABEL)) {
            query.setString(1, key);
            try (ResultSet rows = query.executeQuery()) {
                assertThat(query.getParameterMetaData().getParameterCount()).isEqualTo(1);
                assertThat(query.getMetaData().getColumnCount()).isEqualTo(1);
                assertThat(query.getMetaData().getColumnLabel(1)).isEqualToIgnoringCase("label");
                assertThat(query.isWrapperFor(PreparedStatement.class)).isTrue();
                assertThat(rows.next()).isTrue();
                assertThat(rows.getString(1)).isEqualTo("fragile");
            }
            finish(connection);
            update.setString(1, "heavy");
            update.setString(2, key);
            assertThat(update.executeUpdate()).isEqualTo(1);
            assertThat(update.getParameterMetaData().getParameterCount()).isEqualTo(2);
            assertThat(update.getUpdateCount()).isEqualTo(1);
            finish(connection);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void parameters_are_as_they_were_when_they_were_set(boolean autoCommit) throws SQLException {
        String key = parcelOn("eu-1");
        String text = kind() == dev.ringshard.config.DatabaseKind.H2 ? "CAST(? AS VARCHAR)" : "CAST(? AS text)";
        java.sql.Date day = java.sql.Date.valueOf("2024-02-29");
        try (Connection connection = connection(key, autoCommit);
                PreparedStatement update = connection.prepareStatement(
                        "UPDATE parcels SET label = CAST(CAST(? AS date) AS varchar(10)) || " + text
                                + " WHERE parcel_key = ?")) {
            update.setDate(1, day);
            update.setObject(2, "!");
            update.setString(3, key);
            day.setTime(0);
            assertThat(update.executeUpdate()).isEqualTo(1);
            finish(connection);
        }
        assertThat(storedLabel(key)).isEqualTo("2024-02-29!");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void rows_of_two_statements_can_be_open_at_once_and_scrolled(boolean autoCommit) throws SQLException {
        String key = parcelOn("eu-1");
        parcels.stamp(key, "a", "1.00");
        parcels.stamp(key, "b", "1.00");
        try (Connection connection = connection(key, autoCommit);
                PreparedStatement outer = connection.prepareStatement(
                        STAMPS, ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_READ_ONLY)) {
            outer.setString(1, key);
            int seen = 0;
            try (ResultSet rows = outer.executeQuery()) {
                while (rows.next()) {
                    assertThat(label(connection, key)).isEqualTo("fragile");
                    seen++;
                }
                assertThat(rows.first()).isTrue();
                assertThat(rows.getString(1)).isEqualTo("a");
            }
            assertThat(seen).isEqualTo(2);
            assertThat(outer.getResultSetType()).isEqualTo(ResultSet.TYPE_SCROLL_INSENSITIVE);
            finish(connection);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void queries_that_lock_or_write_are_run_as_such(boolean autoCommit) throws SQLException {
        String key = parcelOn("eu-1");
        String writes = kind() == dev.ringshard.config.DatabaseKind.H2
                ? "SELECT handled FROM FINAL TABLE (UPDATE parcels SET handled = 5 WHERE parcel_key = ?)"
                : "WITH done AS (UPDATE parcels SET handled = 5 WHERE parcel_key = ? RETURNING handled) SELECT handled FROM done";
        try (Connection connection = connection(key, autoCommit)) {
            for (String sql : List.of(writes, "SELECT handled FROM parcels WHERE parcel_key = ? FOR UPDATE")) {
                try (PreparedStatement query = connection.prepareStatement(sql)) {
                    query.setString(1, key);
                    try (ResultSet rows = query.executeQuery()) {
                        assertThat(rows.next()).isTrue();
                        assertThat(rows.getInt(1)).isEqualTo(5);
                    }
                }
            }
            finish(connection);
        }
        assertThat(parcels.find(key).orElseThrow().handled()).isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_procedure_is_called(boolean autoCommit) throws SQLException {
        String key = parcelOn("eu-1");
        try (Connection connection = connection(key, autoCommit);
                var call = connection.prepareCall("{? = call length(?)}")) {
            call.registerOutParameter(1, java.sql.Types.INTEGER);
            call.setString(2, "four");
            call.execute();
            assertThat(call.getInt(1)).isEqualTo(4);
            finish(connection);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void values_are_made_and_what_a_connection_says_of_itself_is_true(boolean autoCommit) throws SQLException {
        String key = parcelOn("eu-1");
        try (Connection connection = connection(key, autoCommit);
                Statement statement = connection.createStatement()) {
            assertThat(connection
                            .createArrayOf("VARCHAR", new String[] {"a", "b"})
                            .getArray())
                    .isEqualTo(new Object[] {"a", "b"});
            assertThat(connection.nativeSQL("SELECT {fn length('a')}")).doesNotContain("{");
            assertThat(connection.getSchema()).isEqualToIgnoringCase("public");
            assertThat(connection.getCatalog()).isNotNull();
            assertThat(connection.getHoldability()).isEqualTo(ResultSet.CLOSE_CURSORS_AT_COMMIT);
            assertRefused("0A000", () -> connection.setHoldability(ResultSet.HOLD_CURSORS_OVER_COMMIT));
            assertThat(connection.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_READ_COMMITTED);
            assertThat((Object) connection.getWarnings()).isNull();
            assertThat(connection.getTypeMap()).isEmpty();
            assertThat(connection.isValid(1)).isTrue();
            assertThat(connection.isWrapperFor(Connection.class)).isTrue();
            assertThat(statement.isWrapperFor(Statement.class)).isTrue();
            assertThat(statement.unwrap(Statement.class)).isSameAs(statement);
            assertThat(statement.enquoteLiteral("it's")).isEqualTo("'it''s'");
            finish(connection);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void the_drivers_own_connection_is_had_within_a_transaction_only(boolean autoCommit) throws SQLException {
        String key = parcelOn("eu-1");
        Class<?> drivers = kind() == dev.ringshard.config.DatabaseKind.H2
                ? org.h2.jdbc.JdbcConnection.class
                : org.postgresql.PGConnection.class;
        try (Connection connection = connection(key, autoCommit)) {
            assertThat(connection.isWrapperFor(drivers)).isEqualTo(!autoCommit);
            if (autoCommit) {
                assertRefused("0A000", () -> connection.unwrap(drivers));
                assertRefused("25000", connection::setSavepoint);
                assertRefused("25000", connection::commit);
            } else {
                assertThat(connection.unwrap(drivers)).isInstanceOf(drivers);
                Savepoint savepoint = connection.setSavepoint("here");
                relabel(connection, key, "lost");
                connection.rollback(savepoint);
                connection.releaseSavepoint(connection.setSavepoint());
                assertRefused("25000", () -> connection.setReadOnly(true));
                assertRefused("25000", () -> connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE));
                connection.commit();
            }
        }
        assertThat(storedLabel(key)).isEqualTo("fragile");
    }
}
