package dev.ringshard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.Ringshard;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.testing.HandMover;
import dev.ringshard.testing.Parcel;
import dev.ringshard.testing.Parcels;
import dev.ringshard.testing.TestDatabase;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TimeZone;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.JdbcTemplate;

/** Connections to all shards; what they show while a shard joins, {@link ReportsDuringRebalanceContract} looks at. */
abstract class AllShardsContract extends JdbcCluster {
    private static final String KEYS = "SELECT parcel_key FROM parcels";
    private static final String OWNED_KEYS = KEYS + " WHERE ringshard.is_owned(ring_token)";
    private static final String SORTED = "SELECT label, parcel_key AS id FROM parcels ORDER BY label DESC, id";

    private final AllShardsDataSource allShards = dataSource.allShards();

    private List<Parcel> forty() {
        List<Parcel> forty = IntStream.range(0, 40)
                .mapToObj(i -> Parcel.of("p-" + i, "1.00").labelled("label " + (char) ('a' + i % 7)))
                .toList();
        parcels.createAll(forty);
        return forty;
    }

    private static List<String> read(ResultSet rows) throws SQLException {
        List<String> read = new ArrayList<>();
        while (rows.next()) {
            read.add(rows.getString(1));
        }
        return read;
    }

    private static List<String> read(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            return read(rows);
        }
    }

    @Test
    void rows_come_one_shard_after_the_other_each_once_and_tell_where_they_are_from() throws SQLException {
        List<Parcel> forty = forty();
        List<String> keys = new ArrayList<>();
        List<String> shards = new ArrayList<>();

        try (Connection connection = allShards.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(KEYS)) {
            while (rows.next()) {
                keys.add(rows.getString("parcel_key"));
                shards.add(rows.unwrap(RowOrigin.class).shard());
            }
        }

        assertThat(keys)
                .containsExactlyInAnyOrderElementsOf(
                        forty.stream().map(Parcel::key).toList());
        assertThat(shards).isSorted();
        assertThat(new TreeSet<>(shards)).containsExactly("eu-1", "eu-2");
        for (int i = 0; i < keys.size(); i++) {
            assertThat(other.router().locate(keys.get(i)).shard()).isEqualTo(shards.get(i));
        }
    }

    @Test
    void rows_are_merged_in_an_order_and_as_many_are_given_as_were_asked_for() throws SQLException {
        List<String> expected = forty().stream()
                .sorted(Comparator.comparing(Parcel::label).reversed().thenComparing(Parcel::key))
                .map(Parcel::key)
                .toList();

        try (Connection connection = allShards.orderedBy("label DESC", "id").getConnection();
                PreparedStatement statement = connection.prepareStatement(sorted())) {
            try (ResultSet rows = statement.executeQuery()) {
                List<String> read = new ArrayList<>();
                while (rows.next()) {
                    read.add(rows.getString("id"));
                    assertThat(rows.getRow()).isEqualTo(read.size());
                }
                assertThat(read).isEqualTo(expected);
            }
            statement.setMaxRows(5);
            try (ResultSet rows = statement.executeQuery()) {
                assertThat(IntStream.range(0, 6).filter(i -> nextOf(rows)).count())
                        .isEqualTo(5);
            }
        }
    }

    private static boolean nextOf(ResultSet rows) {
        try {
            return rows.next();
        } catch (SQLException failure) {
            throw new AssertionError(failure);
        }
    }

    private String sorted() {
        return kind() == DatabaseKind.POSTGRESQL
                ? SORTED.replace("label DESC, id", "label COLLATE \"C\" DESC, parcel_key COLLATE \"C\"")
                : SORTED;
    }

    @Test
    void nulls_are_merged_where_the_database_puts_them_or_the_order_says() throws SQLException {
        forty();
        String query =
                "SELECT CASE WHEN label < 'label d' THEN NULL ELSE handled END AS amount FROM parcels ORDER BY amount";

        assertThat(orderOfNulls(allShards.orderedBy("amount"), query)).hasSize(2);
        assertThat(orderOfNulls(allShards.orderedBy("amount DESC"), query + " DESC"))
                .hasSize(2);
        assertThat(orderOfNulls(allShards.orderedBy("amount nulls first"), query + " NULLS FIRST"))
                .containsExactly(true, false);
        assertThat(orderOfNulls(allShards.orderedBy("amount desc nulls last"), query + " DESC NULLS LAST"))
                .containsExactly(false, true);
    }

    /** Whether the values are null, each run of them once. */
    private static List<Boolean> orderOfNulls(AllShardsDataSource source, String query) throws SQLException {
        List<Boolean> runs = new ArrayList<>();
        try (Connection connection = source.getConnection()) {
            for (String value : read(connection, query)) {
                if (runs.isEmpty() || runs.get(runs.size() - 1) != (value == null)) {
                    runs.add(value == null);
                }
            }
        }
        return runs;
    }

    /** Between two and three, clocks were put forward in Berlin; zeros of both signs are equal to a database. */
    @Test
    void moments_that_this_machines_clock_never_showed_and_zeros_of_both_signs_are_in_the_databases_order()
            throws SQLException {
        TimeZone before = TimeZone.getDefault();
        TimeZone.setDefault(TimeZone.getTimeZone("Europe/Berlin"));
        try (Connection connection = allShards.orderedBy("moment").getConnection()) {
            assertThat(read(connection, """
                            SELECT CAST(moment AS varchar(19)) AS told, moment FROM (VALUES
                                (TIMESTAMP '2024-03-31 02:30:00'), (TIMESTAMP '2024-03-31 03:00:00')) AS v (moment)
                            ORDER BY moment"""))
                    .containsExactly(
                            "2024-03-31 02:30:00", "2024-03-31 02:30:00", "2024-03-31 03:00:00", "2024-03-31 03:00:00");
        } finally {
            TimeZone.setDefault(before);
        }
        try (Connection connection = allShards.orderedBy("number").getConnection()) {
            assertThat(read(connection, """
                            SELECT sign, number FROM (VALUES
                                (1, CAST('0' AS double precision)), (2, CAST('-0' AS double precision))) AS v (sign, number)
                            ORDER BY number, sign""")).hasSize(4);
        }
    }

    @Test
    void an_order_that_the_query_does_not_give_is_told_and_not_made_up() throws SQLException {
        forty();
        try (Connection connection = allShards.orderedBy("parcel_key").getConnection()) {
            assertThatThrownBy(() -> read(connection, KEYS + " ORDER BY parcel_key DESC"))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("does not give its rows in the order [parcel_key]");
            assertThatThrownBy(() -> read(connection, "SELECT label FROM parcels"))
                    .isInstanceOf(SQLException.class);
        }
        assertThatThrownBy(() -> allShards.orderedBy("  "))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("names no column");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "DELETE FROM parcels",
                " /* SELECT */ UPDATE parcels SET handled = 7",
                "WITH gone AS (DELETE FROM parcels RETURNING 1) SELECT * FROM gone",
                "SELECT * FROM parcels FOR UPDATE",
                "COMMIT",
                "CREATE TABLE t (i integer)",
            })
    void writes_are_refused(String sql) throws SQLException {
        forty();
        try (Connection connection = allShards.getConnection()) {
            assertThatThrownBy(() -> read(connection, sql))
                    .isInstanceOfSatisfying(SQLException.class, failure -> assertThat(failure.getSQLState())
                            .isEqualTo("25006"));
            try (Statement statement = connection.createStatement()) {
                assertThatThrownBy(() -> statement.executeUpdate(sql))
                        .isInstanceOfSatisfying(SQLException.class, failure -> assertThat(failure.getSQLState())
                                .isEqualTo("25006"));
            }
            assertThat(read(connection, KEYS + " WHERE handled = 0")).hasSize(40);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"SELECT 1; DELETE FROM parcels", "SELECT ';'; COMMIT; DELETE FROM parcels"})
    void several_statements_in_one_text_are_refused(String sql) throws SQLException {
        forty();
        try (Connection connection = allShards.getConnection()) {
            assertThatThrownBy(() -> read(connection, sql))
                    .isInstanceOf(SQLFeatureNotSupportedException.class)
                    .hasMessageContaining("Several statements");
            assertThat(read(connection, KEYS + " WHERE label <> '; delete' -- ; all\n ; "))
                    .hasSize(40);
        }
    }

    @Test
    void while_rows_are_on_their_way_a_query_that_would_count_them_is_refused_and_one_that_leaves_them_out_is_exact()
            throws Exception {
        forty();
        String key = "p-0";
        int source = Integer.parseInt(other.router().locate(key).shard().substring("eu-".length())) - 1;
        TestDatabase from = TestDatabase.of(config.shards().get(source));
        TestDatabase to = TestDatabase.of(config.shards().get(1 - source));
        try (HandMover mover =
                        new HandMover(from, to, "eu-" + (2 - source), config.shardedTables(), firstToken(from, key));
                Ringshard hasty = Ringshard.open(Parcels.config(config.shards(), Duration.ofMillis(50)));
                Connection connection = hasty.dataSource().allShards().getConnection()) {
            mover.lock();
            mover.stage();
            assertRefused(connection, KEYS);
            assertRefused(connection, KEYS + " /* ringshard.is_owned( */ WHERE label <> 'ringshard.is_owned('");
            assertExact(connection);
            mover.handOver();
            mover.activate();
            mover.finish();
            assertRefused(connection, KEYS);
            assertExact(connection);

            connection.setAutoCommit(false);
            assertExact(connection);
            assertRefused(connection, KEYS);
            connection.rollback();
            connection.setAutoCommit(true);

            mover.purge();
            assertThat(read(connection, KEYS)).hasSize(40).doesNotHaveDuplicates();
            assertExact(connection);
        }
    }

    private static void assertRefused(Connection connection, String sql) {
        assertThatThrownBy(() -> read(connection, sql))
                .hasMessageContaining("ringshard.is_owned(TOKEN)")
                .isInstanceOfSatisfying(SQLException.class, failure -> assertThat(failure.getSQLState())
                        .isEqualTo("40001"));
    }

    private void assertExact(Connection connection) throws SQLException {
        if (kind() == DatabaseKind.POSTGRESQL) {
            assertThat(read(connection, KEYS + " WHERE ring_token <@ (SELECT ringshard.owned_tokens())"))
                    .hasSize(40)
                    .doesNotHaveDuplicates();
        }
        assertThat(read(connection, OWNED_KEYS)).hasSize(40).doesNotHaveDuplicates();
        assertThat(read(
                        connection,
                        "SELECT parcel_key FROM stamps WHERE ringshard.is_owned(ringshard.token(parcel_key))"))
                .hasSize(40)
                .doesNotHaveDuplicates();
    }

    @Test
    void queries_of_a_transaction_have_the_snapshots_of_the_first_and_in_autocommit_each_has_its_own()
            throws SQLException {
        forty();
        try (Connection connection = allShards.getConnection()) {
            connection.setAutoCommit(false);
            assertThat(read(connection, KEYS)).hasSize(40);
            parcels.create(Parcel.bare("later"));
            assertThat(read(connection, KEYS)).hasSize(40);
            connection.commit();
            assertThat(onLoan()).isZero();
            assertThat(read(connection, KEYS)).hasSize(41);
            connection.setAutoCommit(true);
            assertThat(onLoan()).isZero();
            parcels.create(Parcel.bare("last"));
            assertThat(read(connection, KEYS)).hasSize(42);
        }
    }

    @Test
    void a_failed_query_and_a_forgotten_one_keep_no_connection() throws SQLException {
        forty();
        Connection connection = allShards.getConnection();
        assertThatThrownBy(() -> read(connection, "SELECT missing FROM parcels"))
                .isInstanceOfSatisfying(SQLException.class, failure -> assertThat(failure.getSQLState())
                        .startsWith("42"));
        assertThat(onLoan()).isZero();

        ResultSet rows = connection.createStatement().executeQuery(KEYS);
        assertThat(rows.next()).isTrue();
        assertThat(onLoan()).isEqualTo(2);
        connection.close();

        assertThat(rows.isClosed()).isTrue();
        assertThat(connection.isClosed()).isTrue();
        assertThatThrownBy(rows::next).isInstanceOf(SQLException.class);
        assertThatThrownBy(connection::createStatement).isInstanceOf(SQLException.class);
        assertThat(onLoan()).isZero();
    }

    @Test
    void many_rows_are_fetched_as_they_are_read() throws SQLException {
        forty();
        String many =
                "SELECT a.parcel_key, b.parcel_key AS other FROM parcels a CROSS JOIN parcels b CROSS JOIN parcels c";
        try (Connection connection = allShards.getConnection();
                Statement statement = connection.createStatement()) {
            statement.setFetchSize(7);
            long rows = 0;
            try (ResultSet found = statement.executeQuery(many)) {
                assertThat(found.getFetchSize()).isEqualTo(7);
                while (found.next()) {
                    rows++;
                }
                assertThat(found.isAfterLast()).isTrue();
                assertThatThrownBy(() -> found.getString(1)).hasMessageContaining("no current row");
            }
            long expected = 0;
            for (String count : read(connection, "SELECT count(*) FROM parcels")) {
                long each = Long.parseLong(count);
                expected += each * each * each;
            }
            assertThat(rows).isEqualTo(expected);
        }
    }

    @Test
    void metadata_is_that_of_the_shards() throws SQLException {
        forty();
        try (Connection connection = allShards.getConnection();
                PreparedStatement statement =
                        connection.prepareStatement("SELECT parcel_key AS id, handled FROM parcels WHERE label = ?")) {
            assertThat(statement.getMetaData().getColumnLabel(1)).isEqualToIgnoringCase("id");
            assertThat(statement.getParameterMetaData().getParameterCount()).isEqualTo(1);
            statement.setString(1, "label b");
            try (ResultSet rows = statement.executeQuery()) {
                ResultSetMetaData columns = rows.getMetaData();
                assertThat(columns.getColumnCount()).isEqualTo(2);
                assertThat(rows.findColumn("handled")).isEqualTo(2);
                assertThat(rows.getStatement()).isEqualTo(statement);
                assertThat(rows.next()).isTrue();
                assertThat(rows.getInt(2)).isZero();
                assertThat(rows.wasNull()).isFalse();
            }
            assertThat(connection.isReadOnly()).isTrue();
            assertThat(connection.isValid(1)).isTrue();
            assertThat(connection.getMetaData().isReadOnly()).isTrue();
            assertThat(connection.getMetaData().getConnection()).isEqualTo(connection);
            try (ResultSet tables = connection.getMetaData().getTables(null, null, "%arcels", null)) {
                assertThat(tables.getMetaData().getColumnCount()).isPositive();
            }
        }
    }

    @Test
    void what_makes_no_sense_is_refused_with_the_reason() throws SQLException {
        forty();
        try (Connection connection = allShards.getConnection();
                PreparedStatement statement = connection.prepareStatement(KEYS + " WHERE label = ?")) {
            assertNotSupported(connection::setSavepoint);
            assertNotSupported(() -> connection.prepareCall("{ call f() }"));
            assertNotSupported(() -> connection.setReadOnly(false));
            assertNotSupported(() -> connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE));
            assertNotSupported(
                    () -> connection.createStatement(ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_READ_ONLY));
            assertNotSupported(() -> connection.prepareStatement(KEYS, Statement.RETURN_GENERATED_KEYS));
            assertNotSupported(() -> connection.unwrap(String.class));
            assertNotSupported(() -> {
                statement.setCharacterStream(1, new StringReader("label a"));
                statement.executeQuery();
            });
            statement.setString(1, "label a");
            try (ResultSet rows = statement.executeQuery()) {
                assertNotSupported(rows::previous);
                assertNotSupported(() -> rows.absolute(1));
                assertNotSupported(rows::isLast);
                assertNotSupported(() -> rows.updateString(1, "x"));
                assertNotSupported(rows::deleteRow);
                assertThat(rows.next()).isTrue();
            }
            assertNotSupported(statement::getGeneratedKeys);
        }
    }

    private interface Call {
        void run() throws SQLException;
    }

    private static void assertNotSupported(Call call) {
        assertThatThrownBy(call::run)
                .isInstanceOf(SQLFeatureNotSupportedException.class)
                .hasMessageMatching("(?s).{40,}");
    }

    @Test
    void springs_template_reads_all_shards() {
        List<Parcel> forty = forty();
        JdbcTemplate template = new JdbcTemplate(allShards);

        assertThat(template.queryForList("SELECT parcel_key FROM parcels WHERE label = ?", String.class, "label c"))
                .containsExactlyInAnyOrderElementsOf(forty.stream()
                        .filter(parcel -> parcel.label().equals("label c"))
                        .map(Parcel::key)
                        .toList());
        assertThat(template.queryForList("SELECT count(*) FROM parcels", Long.class))
                .hasSize(2)
                .satisfies(counts -> assertThat(
                                counts.stream().mapToLong(Long::longValue).sum())
                        .isEqualTo(40));
        assertThatThrownBy(() -> template.update("DELETE FROM parcels")).hasMessageContaining("only read");
    }
}
