package dev.ringshard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections whose key stays, or moves between and under their transactions. */
abstract class RoutedTransactionContract extends JdbcCluster {

    @Test
    void a_transaction_is_committed_or_rolled_back_as_on_any_connection() throws SQLException {
        String key = parcelOn("eu-1");
        try (Connection connection = connection(key)) {
            connection.setAutoCommit(false);
            assertThat(onLoan()).isZero();
            relabel(connection, key, "lost");
            assertThat(onLoan()).isEqualTo(1);
            connection.rollback();
            assertThat(onLoan()).isZero();
            assertThat(label(connection, key)).isEqualTo("fragile");
            relabel(connection, key, "heavy");
            connection.commit();
            assertThat(onLoan()).isZero();
            relabel(connection, key, "never committed");
        }
        assertThat(onLoan()).isZero();
        assertThat(storedLabel(key)).isEqualTo("heavy");
    }

    @Test
    void a_connection_and_its_prepared_statements_follow_a_key_that_moves_between_two_transactions()
            throws SQLException {
        String key = parcelOn("eu-1");
        try (Connection connection = connection(key);
                PreparedStatement update = connection.prepareStatement(RELABEL);
                PreparedStatement query = connection.prepareStatement(LABEL)) {
            connection.setAutoCommit(false);
            update.setString(1, "first");
            update.setString(2, key);
            assertThat(update.executeUpdate()).isEqualTo(1);
            connection.commit();

            move(key);

            assertThat(label(query, key)).isEqualTo("first");
            update.setString(1, "second"); // the other parameter stays
            assertThat(update.executeUpdate()).isEqualTo(1);
            connection.commit();
            move(key);
            connection.setReadOnly(true);
            assertThat(label(query, key)).isEqualTo("second");
            connection.commit();
        }
        other.router().refresh();
        assertThat(storedLabel(key)).isEqualTo("second");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void the_first_statement_of_a_transaction_gives_what_any_other_gives(boolean readOnly) throws SQLException {
        String key = parcelOn("eu-1");
        try (Connection connection = connection(key);
                PreparedStatement query = connection.prepareStatement(LABEL)) {
            connection.setAutoCommit(false);
            connection.setReadOnly(readOnly);
            query.setString(1, key);
            for (int transaction = 0; transaction < 2; transaction++) {
                for (int time = 0; time < 3; time++) {
                    assertThat(query.execute()).isTrue();
                    ResultSet rows = query.getResultSet();
                    assertThat(query.getResultSet()).isSameAs(rows);
                    assertThat(rows.getStatement()).isSameAs(query);
                    assertThat(rows.next()).isTrue();
                    assertThat(rows.getString(1)).isEqualTo("fragile");
                    assertThat(rows.next()).isFalse();
                    assertThat(query.getMoreResults()).isFalse();
                    assertThat(query.getUpdateCount()).isEqualTo(-1);
                }
                assertThat(onLoan()).isEqualTo(1);
                connection.commit();
                assertThat(onLoan()).isZero();
            }
        }
    }

    @Test
    void a_write_that_begins_a_transaction_is_seen_by_the_next_statement_and_by_nobody_else_before_the_commit()
            throws SQLException {
        String key = parcelOn("eu-1");
        try (Connection connection = connection(key);
                PreparedStatement update = connection.prepareStatement(RELABEL)) {
            connection.setAutoCommit(false);
            for (String label : List.of("first", "second")) {
                update.setString(1, label);
                update.setString(2, key);
                assertThat(update.execute()).isFalse();
                assertThat(update.getLargeUpdateCount()).isEqualTo(1);
                assertThat(label(connection, key)).isEqualTo(label);
                assertThat(storedLabel(key)).isEqualTo("fragile");
            }
            assertThat(update.executeUpdate()).isEqualTo(1);
            connection.rollback();
            assertThat(storedLabel(key)).isEqualTo("fragile");
        }
    }

    @Test
    void a_transaction_that_begins_with_a_statement_that_fails_stores_nothing_and_gives_its_connection_back()
            throws SQLException {
        String key = parcelOn("eu-1");
        try (Connection connection = connection(key)) {
            connection.setAutoCommit(false);
            for (int time = 0; time < 2; time++) {
                assertThatThrownBy(() -> relabel(connection, key, "too long ".repeat(100)))
                        .isInstanceOfSatisfying(SQLException.class, failure -> assertThat(failure.getSQLState())
                                .startsWith("22"));
                assertThat(onLoan()).isEqualTo(1);
                connection.rollback();
                assertThat(onLoan()).isZero();
            }
            relabel(connection, key, "heavy");
            connection.commit();
        }
        assertThat(storedLabel(key)).isEqualTo("heavy");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void what_the_driver_refuses_to_send_begins_no_transaction_without_a_check_of_its_key(boolean readOnly)
            throws SQLException {
        String key = parcelOn("eu-1");
        try (Connection connection = connection(key);
                PreparedStatement query = connection.prepareStatement(LABEL)) {
            connection.setReadOnly(readOnly);
            label(query, key);
            move(key);
            other.router().refresh();
            other.router().transaction(key, transaction -> relabel(transaction.connection(), key, "moved"));
            connection.setAutoCommit(false);
            query.clearParameters();
            assertThatThrownBy(query::executeQuery).isInstanceOf(SQLException.class);
            assertThat(label(query, key)).isEqualTo("moved");
            connection.commit();
        }
    }

    @Test
    void in_autocommit_a_process_that_does_not_know_of_moves_reads_what_others_were_told_is_written()
            throws SQLException {
        String key = parcelOn("eu-1");
        try (Connection stale = connection(key);
                Connection staleReader = connection(key);
                PreparedStatement query = stale.prepareStatement(LABEL)) {
            staleReader.setReadOnly(true);
            for (int i = 0; i < 6; i++) {
                move(key);
                other.router().refresh();
                ShardKey.with(key, () -> {
                    try (Connection fresh = other.dataSource().getConnection()) {
                        return relabel(fresh, key, "written elsewhere");
                    }
                });
                assertThat(label(query, key)).isEqualTo("written elsewhere");
                move(key);
                assertThat(label(staleReader, key)).isEqualTo("written elsewhere");
                move(key);
                assertThat(relabel(stale, key, "round " + i)).isEqualTo(1);
                other.router().refresh();
                assertThat(storedLabel(key)).isEqualTo("round " + i);
            }
        }
    }

    @Test
    void a_read_only_transaction_is_one_snapshot_and_hinders_nobody() throws SQLException {
        String key = parcelOn("eu-1");
        try (Connection reading = connection(key)) {
            reading.setReadOnly(true);
            reading.setAutoCommit(false);
            assertThat(label(reading, key)).isEqualTo("fragile");

            try (Connection writing = connection(key)) {
                relabel(writing, key, "changed");
            }
            move(key); // needs the range for itself

            assertThat(label(reading, key)).isEqualTo("fragile");
            reading.commit();
            assertThat(label(reading, key)).isEqualTo("changed");
        }
    }

    @Test
    @Timeout(30)
    void a_read_only_transaction_writes_nothing_to_a_shard_that_its_key_has_left() throws SQLException {
        String key = parcelOn("eu-1");
        try (Connection reading = connection(key)) {
            reading.setReadOnly(true);
            reading.setAutoCommit(false);
            label(reading, key);
            move(key);
            assertThatThrownBy(() -> relabel(reading, key, "too late")).isInstanceOf(SQLException.class);
            reading.rollback();
            assertThat(label(reading, key)).isEqualTo("fragile");
            reading.commit();
        }
    }

    @Test
    void keys_of_one_shard_work_in_one_transaction_and_keys_of_two_are_refused_before_anything_runs()
            throws SQLException {
        String one = parcelOn("eu-1");
        String two = parcelOn("eu-1", 1);
        String elsewhere = parcelOn("eu-2");
        try (Connection connection = connection(List.of(two, one))) {
            connection.setAutoCommit(false);
            relabel(connection, one, "together");
            relabel(connection, two, "together");
            connection.commit();
        }
        assertThat(storedLabel(one)).isEqualTo(storedLabel(two)).isEqualTo("together");

        try (Connection connection = connection(List.of(one, elsewhere))) {
            connection.setAutoCommit(false);
            assertRefused("0A000", () -> relabel(connection, one, "torn"));
            connection.setAutoCommit(true);
            assertRefused("0A000", () -> label(connection, elsewhere));
            connection.setReadOnly(true);
            assertRefused("0A000", () -> label(connection, elsewhere));
        }
        assertThat(storedLabel(one)).isEqualTo("together");
    }

    @Test
    void a_row_of_a_key_that_lives_elsewhere_is_refused_as_what_does_not_work_across_shards() throws SQLException {
        String key = parcelOn("eu-1");
        String elsewhere = parcelOn("eu-2");
        try (Connection connection = connection(key);
                Statement statement = connection.createStatement()) {
            String stray = "INSERT INTO stamps VALUES ('" + elsewhere + "', 'stray', 1.00)";
            assertRefused("0A000", () -> statement.executeUpdate(stray));
            connection.setAutoCommit(false);
            relabel(connection, key, "undone");
            Savepoint before = connection.setSavepoint();
            assertRefused("0A000", () -> statement.executeUpdate(stray));
            connection.rollback(before);
            relabel(connection, key, "kept");
            connection.commit();
        }
        assertThat(storedLabel(key)).isEqualTo("kept");
        assertThat(parcels.stamps(elsewhere)).isEmpty();
    }

    @Test
    void the_key_of_a_thread_holds_within_its_work_nests_and_is_restored() throws SQLException {
        String outer = parcelOn("eu-1");
        String inner = parcelOn("eu-2");

        ShardKey.with(outer, () -> {
            try (Connection before = dataSource.getConnection()) {
                assertThatThrownBy(() -> ShardKey.with(inner, () -> {
                            try (Connection within = dataSource.getConnection()) {
                                assertThat(label(within, inner)).isEqualTo("fragile");
                                assertRefused("25000", () -> relabel(before, outer, "of the outer key"));
                            }
                            throw new IllegalStateException("the inner work ends here");
                        }))
                        .hasMessage("the inner work ends here");
                relabel(before, outer, "of the outer key");
                try (Connection after = dataSource.getConnection()) {
                    assertThat(label(after, outer)).isEqualTo("of the outer key");
                }
            }
        });
        assertThat(storedLabel(inner)).isEqualTo("fragile");
    }

    @Test
    void within_work_for_another_key_a_transaction_of_the_thread_runs_nothing() throws SQLException {
        String outer = parcelOn("eu-1");
        String inner = parcelOn("eu-2");
        String beside = parcelOn("eu-1", 1);
        ShardKey.with(List.of(outer, beside), () -> {
            try (Connection connection = dataSource.getConnection()) {
                connection.setAutoCommit(false);
                relabel(connection, outer, "kept");
                ShardKey.with(inner, () -> assertRefused("25000", () -> label(connection, inner)));
                ShardKey.with(beside, () -> relabel(connection, beside, "kept"));
                connection.commit();
            }
        });
        assertThat(storedLabel(outer)).isEqualTo("kept");
        assertThat(storedLabel(beside)).isEqualTo("kept");

        try (Connection told = dataSource
                .createConnectionBuilder()
                .shardingKey(ShardKey.of(outer))
                .build()) {
            assertThat(ShardKey.with(inner, () -> label(told, outer)))
                    .as("whose key is its own")
                    .isEqualTo("kept");
        }
    }

    @Test
    void a_connection_got_without_a_key_has_that_of_the_thread_from_the_first_statement_of_each_transaction()
            throws SQLException {
        String one = parcelOn("eu-1");
        String two = parcelOn("eu-2");
        try (Connection connection = dataSource.getConnection()) {
            assertThat(connection.isValid(1)).isTrue();
            assertThat(connection.getMetaData().getDatabaseProductName()).isNotEmpty();
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("SELECT 1")) {
                assertThat(row.next())
                        .as("a question that pools and frameworks ask")
                        .isTrue();
            }
            assertThat(onLoan()).isZero();
            assertThatThrownBy(() -> label(connection, one))
                    .isInstanceOfSatisfying(SQLException.class, refused -> assertThat(refused.getSQLState())
                            .isEqualTo("08003"))
                    .hasMessageContaining("no key")
                    .hasMessageContaining("ShardKey.with");
            ShardKey.with(one, () -> relabel(connection, one, "in autocommit"));
            ShardKey.with(two, () -> relabel(connection, two, "in autocommit"));

            connection.setAutoCommit(false);
            ShardKey.with(one, () -> relabel(connection, one, "in a transaction"));
            assertThat(label(connection, one)).as("of the transaction").isEqualTo("in a transaction");
            ShardKey.with(two, () -> assertRefused("25000", () -> relabel(connection, two, "in it, too")));
            connection.commit();
            ShardKey.with(two, () -> relabel(connection, two, "in the next"));
            connection.commit();
            assertRefused("08003", () -> label(connection, two));
        }
        assertThat(storedLabel(one)).isEqualTo("in a transaction");
        assertThat(storedLabel(two)).isEqualTo("in the next");
    }

    @Test
    void a_connection_without_a_key_tells_of_tables_and_works_once_it_has_one() throws SQLException {
        String key = parcelOn("eu-2");
        try (Connection connection = dataSource.createConnectionBuilder().build()) {
            assertThat(connection.getMetaData().supportsSharding()).isTrue();
            assertThat(connection.getMetaData().getConnection()).isSameAs(connection);
            try (ResultSet columns = connection
                    .getMetaData()
                    .getColumns(null, null, "%", "handled".toUpperCase(java.util.Locale.ROOT))) {
                assertThat(columns.getStatement()).isNull();
            }
            assertRefused("08003", () -> label(connection, key));

            connection.setShardingKey(ShardKey.of(key));

            assertThat(label(connection, key)).isEqualTo("fragile");
        }
        try (Connection built = dataSource
                .createConnectionBuilder()
                .shardingKey(dataSource
                        .createShardingKeyBuilder()
                        .subkey(key, java.sql.JDBCType.VARCHAR)
                        .build())
                .build()) {
            assertThat(label(built, key)).isEqualTo("fragile");
        }
    }

    @Test
    void a_key_changes_between_transactions_only_and_if_it_is_valid() throws SQLException {
        String one = parcelOn("eu-1");
        String two = parcelOn("eu-2");
        try (Connection connection = connection(one)) {
            connection.setAutoCommit(false);
            relabel(connection, one, "one");
            assertRefused("25000", () -> connection.setShardingKey(ShardKey.of(two)));
            assertRefused("25000", () -> connection.setShardingKeyIfValid(ShardKey.of(two), 1));
            connection.commit();

            assertThat(connection.setShardingKeyIfValid(ShardKey.of(List.of(one, two)), 1))
                    .isFalse();
            assertThat(connection.setShardingKeyIfValid(null, 1)).isFalse();
            assertThat(label(connection, one)).isEqualTo("one");
            connection.rollback();
            move(two);
            assertThat(connection.setShardingKeyIfValid(ShardKey.of(two), 5)).isTrue();
            assertThat(label(connection, two)).isEqualTo("fragile");
            connection.rollback();

            assertRefused("22023", () -> connection.setShardingKeyIfValid(ShardKey.of(two), -1));
            assertRefused("22023", () -> connection.setShardingKey(new java.sql.ShardingKey() {}));
            assertRefused("22023", () -> connection.setShardingKey(null, ShardKey.of(one)));
            assertRefused("0A000", () -> connection.setShardingKey(ShardKey.of(two), ShardKey.of(one)));
        }
    }

    @Test
    void what_is_left_open_goes_back_with_its_connection() throws SQLException {
        String key = parcelOn("eu-1");
        Connection connection = connection(key);
        PreparedStatement query = connection.prepareStatement(LABEL);
        query.setString(1, key);
        ResultSet rows = query.executeQuery();
        ResultSet tables = connection.getMetaData().getTables(null, null, "%", null);
        assertThat(onLoan()).isEqualTo(2);
        assertThat(rows.next()).isTrue();

        connection.close();
        connection.close();

        assertThat(onLoan()).isZero();
        assertThat(rows.isClosed()).isTrue();
        assertThat(tables.isClosed()).isTrue();
        assertThat(query.isClosed()).isTrue();
        assertThat(connection.isValid(1)).isFalse();
        assertRefused("08003", connection::createStatement);
        assertRefused("08003", connection::commit);
    }

    @Test
    void a_connection_that_is_aborted_ends_its_transaction() throws SQLException {
        String key = parcelOn("eu-1");
        Connection connection = connection(key);
        connection.setAutoCommit(false);
        relabel(connection, key, "aborted");

        connection.abort(Runnable::run);

        assertThat(connection.isClosed()).isTrue();
        assertThat(storedLabel(key)).isEqualTo("fragile");
        connection.close();
    }

    @Test
    void what_would_end_a_transaction_by_its_text_is_not_run() throws SQLException {
        String key = parcelOn("eu-1");
        try (Connection connection = connection(key);
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            relabel(connection, key, "kept");
            for (String text : List.of("COMMIT", " /* now */ rollback", "BEGIN", "-- end\nEND", "SELECT ';'; commit")) {
                assertRefused("0A000", () -> statement.execute(text));
            }
            statement.execute("SAVEPOINT here");
            statement.execute("ROLLBACK TO SAVEPOINT here");
            connection.commit();
        }
        assertThat(storedLabel(key)).isEqualTo("kept");
    }

    @Test
    void keys_are_equal_if_they_say_the_same() throws SQLException {
        assertThat(ShardKey.of(42)).isEqualTo(ShardKey.of(42L)).hasSameHashCodeAs(ShardKey.of((short) 42));
        assertThat(ShardKey.of(List.of("a", "b"))).isEqualTo(ShardKey.of(List.of("b", "a", "b")));
        assertThat(ShardKey.of("a")).isNotEqualTo(ShardKey.of("b")).doesNotHaveToString("a");
        assertThat(dataSource
                        .createShardingKeyBuilder()
                        .subkey(7, java.sql.JDBCType.INTEGER)
                        .build())
                .isEqualTo(dataSource
                        .createShardingKeyBuilder()
                        .subkey(7L, java.sql.JDBCType.BIGINT)
                        .build());
        assertRefused("22023", () -> dataSource
                .createShardingKeyBuilder()
                .subkey(1.5, java.sql.JDBCType.DOUBLE)
                .build());
        assertRefused("0A000", () -> dataSource
                .createShardingKeyBuilder()
                .subkey("a", java.sql.JDBCType.VARCHAR)
                .subkey("b", java.sql.JDBCType.VARCHAR)
                .build());
        assertThatThrownBy(() -> dataSource.getConnection("ada", "secret"))
                .isInstanceOf(SQLFeatureNotSupportedException.class);
    }

    static void assertRefused(String state, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(SQLException.class, refused -> assertThat(refused.getSQLState())
                .as(String.valueOf(refused.getMessage()))
                .isEqualTo(state));
    }

    /** H2 has no statement that resets a session, so such a connection is ended, also when its transaction had settings of its own. */
    @Test
    void a_read_only_transaction_whose_text_may_change_the_session_gives_its_connection_back() throws SQLException {
        String key = parcelOn("eu-1");
        for (int i = 0; i < 12; i++) { // more often than the pool has connections
            try (Connection connection = connection(key)) {
                connection.setReadOnly(true);
                connection.setAutoCommit(false);
                try (Statement statement = connection.createStatement();
                        ResultSet rows = statement.executeQuery("SELECT label FROM parcels WHERE label <> '@;'")) {
                    assertThat(rows.next()).isTrue();
                }
                connection.commit();
            }
        }
        assertThat(onLoan()).isZero();
    }
}
