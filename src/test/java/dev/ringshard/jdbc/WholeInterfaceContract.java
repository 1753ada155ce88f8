package dev.ringshard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.testing.Parcel;
import dev.ringshard.testing.TestDatabase;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.Reader;
import java.io.StringReader;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.JDBCType;
import java.sql.ParameterMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.SQLType;
import java.sql.Savepoint;
import java.sql.ShardingKey;
import java.sql.Statement;
import java.sql.Types;
import java.util.Arrays;
import java.util.Calendar;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every method of JDBC's interfaces is called on what is routed and, with the same arguments and at the same moment, on the
 * driver's own. What is answered is the same, or stands here as a difference; what leads back to a connection leads to the routed
 * one. Does not show what a method does with every argument.
 */
@Tag("ci")
abstract class WholeInterfaceContract extends JdbcCluster {
    private final String key = parcelOn("eu-1");
    private @Nullable Connection ofDriver;

    /** Makes what is called, of a connection. */
    @FunctionalInterface
    private interface Subject {
        Object of(Connection connection) throws SQLException;
    }

    /** Where the routed one answers what the driver's does not. */
    abstract Map<String, String> differences(boolean autoCommit);

    /** Whether the database answers this at one moment, and something else to the same call at another. */
    boolean dependsOnTheMoment(String answer) {
        return false;
    }

    /** Which of them are so on any database. */
    static Map<String, String> commonDifferences(boolean autoCommit) {
        Map<String, String> differences = new HashMap<>();
        differences.put("setShardingKey(ShardingKey)", "null");
        differences.put("setShardingKeyIfValid(ShardingKey, int)", "true");
        differences.put("supportsSharding()", "true");
        // With its transaction a connection goes back, so cursors do not outlive it.
        differences.put("getHoldability()", "2");
        differences.put("getResultSetHoldability()", "2");
        // What this connection was told, which the database's is told when a transaction begins.
        differences.put("getClientInfo()", "{}");
        // Noted, and told to the database when the statement is executed.
        differences.put("getUpdateCount()", "-1");
        differences.put("getLargeUpdateCount()", "-1");
        differences.put("getLargeMaxRows()", "0");
        differences.put("isPoolable()", "true");
        if (autoCommit) {
            // As on PostgreSQL; H2 takes them for nothing.
            for (String ends : List.of("commit()", "rollback()", "setSavepoint()", "setSavepoint(String)")) {
                differences.put(ends, "refuses 25000");
            }
            // The rows are those of a transaction that has ended.
            for (String changes : List.of("insertRow()", "updateRow()", "deleteRow()")) {
                differences.put(changes, "refuses 0A000");
            }
        }
        return differences;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_connection_does_what_the_drivers_does(boolean autoCommit) throws Exception {
        compare(Connection.class, "", autoCommit, connection -> connection);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void metadata_are_the_drivers(boolean autoCommit) throws Exception {
        compare(DatabaseMetaData.class, "", autoCommit, Connection::getMetaData);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_statement_does_what_the_drivers_does(boolean autoCommit) throws Exception {
        compare(Statement.class, "before it is executed", autoCommit, Connection::createStatement);
        compare(Statement.class, "after a query", autoCommit, connection -> {
            Statement statement = connection.createStatement();
            statement.executeQuery(queryText());
            return statement;
        });
        compare(Statement.class, "after an update", autoCommit, connection -> {
            Statement statement = connection.createStatement();
            statement.executeUpdate(updateText(), Statement.RETURN_GENERATED_KEYS);
            return statement;
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_prepared_statement_does_what_the_drivers_does(boolean autoCommit) throws Exception {
        compare(PreparedStatement.class, "before it is executed", autoCommit, this::prepared);
        compare(PreparedStatement.class, "after a query", autoCommit, connection -> {
            PreparedStatement statement = prepared(connection);
            statement.executeQuery();
            return statement;
        });
        compare(PreparedStatement.class, "after an update", autoCommit, connection -> {
            PreparedStatement statement = connection.prepareStatement(RELABEL, new String[] {"label"});
            statement.setString(1, "newer");
            statement.setString(2, key);
            statement.executeUpdate();
            return statement;
        });
        compare(
                PreparedStatement.class,
                "of any parameter",
                autoCommit,
                connection -> connection.prepareStatement("SELECT CAST(? AS VARCHAR(100))"));
    }

    private PreparedStatement prepared(Connection connection) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(LABEL);
        statement.setString(1, key);
        return statement;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_callable_statement_does_what_the_drivers_does(boolean autoCommit) throws Exception {
        compare(CallableStatement.class, "before it is executed", autoCommit, WholeInterfaceContract::call);
        compare(CallableStatement.class, "after it was executed", autoCommit, connection -> {
            CallableStatement statement = call(connection);
            statement.execute();
            return statement;
        });
    }

    private static CallableStatement call(Connection connection) throws SQLException {
        CallableStatement statement = connection.prepareCall("{? = call length(?)}");
        statement.registerOutParameter(1, Types.INTEGER);
        statement.setString(2, "four");
        return statement;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void rows_do_what_the_drivers_do(boolean autoCommit) throws Exception {
        compare(ResultSet.class, "forward", autoCommit, connection -> {
            ResultSet rows = connection.createStatement().executeQuery(queryText());
            rows.next();
            return rows;
        });
        compare(ResultSet.class, "scrolled", autoCommit, connection -> {
            ResultSet rows = connection
                    .createStatement(ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_READ_ONLY)
                    .executeQuery(queryText());
            rows.next();
            return rows;
        });
        compare(ResultSet.class, "updatable", autoCommit, connection -> {
            ResultSet rows = connection
                    .createStatement(ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_UPDATABLE)
                    .executeQuery("SELECT label, parcel_key FROM parcels WHERE parcel_key = '" + key + "'");
            rows.next();
            rows.updateString(1, "newest");
            return rows;
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void what_a_prepared_statement_tells_of_itself_is_the_drivers(boolean autoCommit) throws Exception {
        compare(ResultSetMetaData.class, "", autoCommit, connection -> prepared(connection)
                .getMetaData());
        compare(ParameterMetaData.class, "", autoCommit, connection -> prepared(connection)
                .getParameterMetaData());
    }

    /** But for what asks just that, what does nothing twice, and what does nothing at all. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void what_is_closed_refuses_everything(boolean autoCommit) throws Exception {
        Set<String> answered = Set.of(
                "close()",
                "isClosed()",
                "isValid(int)",
                "abort(Executor)",
                "cancel()",
                "beginRequest()",
                "endRequest()",
                "isWrapperFor(Class)",
                "unwrap(Class)",
                "rowDeleted()",
                "rowInserted()",
                "rowUpdated()",
                "setFetchDirection(int)");
        Map<Class<?>, Subject> closed = new LinkedHashMap<>();
        closed.put(Connection.class, connection -> closed(connection));
        closed.put(Statement.class, connection -> closed(connection.createStatement()));
        closed.put(PreparedStatement.class, connection -> closed(prepared(connection)));
        closed.put(CallableStatement.class, connection -> closed(call(connection)));
        closed.put(ResultSet.class, connection -> closed(prepared(connection).executeQuery()));
        Map<String, String> found = new TreeMap<>();
        for (Map.Entry<Class<?>, Subject> one : closed.entrySet()) {
            for (Method method : methods(one.getKey())) {
                String answer = answer(one.getKey(), connection(key), true, method, autoCommit, one.getValue());
                if (!answered.contains(name(method)) && !answer.startsWith("refuses")) {
                    found.put(one.getKey().getSimpleName() + "." + name(method), answer);
                }
            }
        }
        assertThat(found).isEmpty();
    }

    private static <T extends AutoCloseable> T closed(T open) throws SQLException {
        try {
            open.close();
            return open;
        } catch (SQLException failure) {
            throw failure;
        } catch (Exception impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private void compare(Class<?> type, String moment, boolean autoCommit, Subject subject) throws Exception {
        Map<String, String> undocumented = new TreeMap<>();
        Map<String, String> documented = differences(autoCommit);
        for (Method method : methods(type)) {
            String drivers = answer(type, drivers(type), false, method, autoCommit, subject);
            if (type == ResultSet.class && parcels.find(key).isEmpty()) {
                parcels.create(Parcel.bare(key));
            }
            String routed = answer(type, connection(key), true, method, autoCommit, subject);
            if (givesTextToPrepared(type, method)) {
                assertThat(routed).as(name(method)).isEqualTo("refuses " + SqlFailures.SEQUENCE);
                continue;
            }
            boolean isGuardedArray = routed.startsWith("a $Proxy") && drivers.matches("a (Pg|Jdbc)Array");
            if (dependsOnTheMoment(routed) || dependsOnTheMoment(drivers) || isGuardedArray) {
                continue;
            }
            boolean bothRefuse =
                    routed.contains("refuses") && (drivers.contains("refuses") || drivers.contains("fails"));
            if (!bothRefuse
                    && !routed.equals(drivers)
                    && !routed.startsWith(documented.getOrDefault(name(method), "not documented"))) {
                undocumented.put(name(method), routed + ", where the driver's " + drivers);
            }
        }
        assertThat(undocumented).as(type.getSimpleName() + " " + moment).isEmpty();
    }

    /** Which JDBC forbids, and not every driver. */
    private static boolean givesTextToPrepared(Class<?> type, Method method) {
        return PreparedStatement.class.isAssignableFrom(type)
                && method.getName().matches("execute.*|addBatch")
                && method.getParameterCount() > 0;
    }

    /** One of the driver's, which is used again where nothing is called on itself. */
    private Connection drivers(Class<?> type) throws SQLException {
        if (type == Connection.class) {
            return database().connect();
        }
        Connection known = ofDriver;
        if (known == null || known.isClosed()) {
            known = database().connect();
            ofDriver = known;
        }
        return known;
    }

    @AfterEach
    void close_the_drivers() throws SQLException {
        if (ofDriver != null) {
            ofDriver.close();
        }
    }

    private TestDatabase database() {
        return TestDatabase.of(config.shards().get(0));
    }

    static List<Method> methods(Class<?> type) {
        return Stream.of(type.getMethods())
                .filter(method -> !Modifier.isStatic(method.getModifiers()))
                .sorted(Comparator.comparing(WholeInterfaceContract::name))
                .toList();
    }

    static String name(Method method) {
        return method.getName()
                + Stream.of(method.getParameterTypes())
                        .map(Class::getSimpleName)
                        .collect(Collectors.joining(", ", "(", ")"));
    }

    private String answer(
            Class<?> type, Connection connection, boolean isRouted, Method method, boolean autoCommit, Subject subject)
            throws Exception {
        try {
            connection.setAutoCommit(autoCommit);
            Object called = subject.of(connection);
            try {
                Object answer = method.invoke(called, arguments(type, method, connection));
                if (isRouted) {
                    assertLeadsBack(method, answer, connection);
                }
                if (answer == null
                        && method.getReturnType() == void.class
                        && called instanceof PreparedStatement prepared) {
                    return "then " + firstOf(prepared);
                }
                return described(answer);
            } catch (InvocationTargetException failed) {
                return failed.getCause() instanceof SQLException refused
                        ? "refuses " + refused.getSQLState()
                        : "fails by " + failed.getCause();
            }
        } finally {
            if (isRouted || type == Connection.class) {
                connection.close();
            } else if (!connection.isClosed() && !connection.getAutoCommit()) {
                connection.rollback();
                connection.setAutoCommit(true);
            }
        }
    }

    private static String firstOf(PreparedStatement prepared) {
        try {
            if (!prepared.execute()) {
                return "counts " + prepared.getUpdateCount();
            }
            try (ResultSet rows = prepared.getResultSet()) {
                return rows.next() ? "reads " + rows.getString(1) : "reads nothing";
            }
        } catch (SQLException refused) {
            return "refuses " + refused.getSQLState();
        }
    }

    private static void assertLeadsBack(Method method, @Nullable Object answer, Connection connection)
            throws SQLException {
        if (answer instanceof Connection led) {
            assertThat(led).as(name(method)).isSameAs(connection);
        } else if (answer instanceof Statement led) {
            assertThat(led.getConnection()).as(name(method)).isSameAs(connection);
        } else if (answer instanceof DatabaseMetaData led) {
            assertThat(led.getConnection()).as(name(method)).isSameAs(connection);
        } else if (answer instanceof ResultSet led && led.getStatement() != null) {
            assertThat(led.getStatement().getConnection()).as(name(method)).isSameAs(connection);
        }
    }

    private static String described(@Nullable Object answer) {
        if (answer == null) {
            return "null";
        }
        if (answer instanceof Object[] array) {
            return Arrays.deepToString(array);
        }
        if (answer instanceof byte[] bytes) {
            return Arrays.toString(bytes);
        }
        if (answer instanceof int[] counts) {
            return Arrays.toString(counts);
        }
        if (answer instanceof long[] counts) {
            return Arrays.toString(counts);
        }
        Class<?> jdbc = Stream.of(
                        Connection.class,
                        CallableStatement.class,
                        PreparedStatement.class,
                        Statement.class,
                        ResultSet.class,
                        DatabaseMetaData.class,
                        ResultSetMetaData.class,
                        ParameterMetaData.class,
                        Savepoint.class)
                .filter(type -> type.isInstance(answer))
                .findFirst()
                .orElse(answer.getClass());
        return jdbc.isInterface()
                        || answer instanceof Reader
                        || answer instanceof InputStream
                        || !jdbc.getPackageName().startsWith("java.")
                ? "a " + jdbc.getSimpleName()
                : String.valueOf(answer);
    }

    // ---- arguments

    private @Nullable Object[] arguments(Class<?> called, Method method, Connection connection) throws SQLException {
        Class<?>[] types = method.getParameterTypes();
        @Nullable Object[] arguments = new Object[types.length];
        for (int i = 0; i < types.length; i++) {
            arguments[i] = types[i] == Class.class && !method.getName().equals("getObject")
                    ? called
                    : argument(method, i, types[i], connection);
        }
        return arguments;
    }

    private @Nullable Object argument(Method method, int place, Class<?> type, Connection connection)
            throws SQLException {
        String name = method.getName();
        if (type == String.class) {
            return switch (name) {
                case "executeQuery", "prepareStatement", "prepareCall", "nativeSQL" ->
                    place == 0 ? queryText() : "label";
                case "execute", "executeUpdate", "executeLargeUpdate", "addBatch" -> updateText();
                default -> "label";
            };
        }
        if (type == int.class) {
            return switch (name) {
                case "createStatement" ->
                    List.of(ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_READ_ONLY, ResultSet.CLOSE_CURSORS_AT_COMMIT)
                            .get(place);
                case "prepareStatement", "prepareCall" ->
                    method.getParameterCount() == 2
                            ? Statement.RETURN_GENERATED_KEYS
                            : List.of(
                                            ResultSet.TYPE_FORWARD_ONLY,
                                            ResultSet.CONCUR_READ_ONLY,
                                            ResultSet.CLOSE_CURSORS_AT_COMMIT)
                                    .get(place - 1);
                case "setHoldability", "supportsResultSetHoldability" -> ResultSet.CLOSE_CURSORS_AT_COMMIT;
                case "setTransactionIsolation", "supportsTransactionIsolationLevel" ->
                    Connection.TRANSACTION_SERIALIZABLE;
                case "setFetchDirection" -> ResultSet.FETCH_FORWARD;
                case "registerOutParameter" -> place == 0 ? 1 : Types.INTEGER;
                case "setObject", "setNull" -> place == 0 ? 1 : Types.VARCHAR;
                case "execute", "executeUpdate", "executeLargeUpdate" -> Statement.RETURN_GENERATED_KEYS;
                default -> 1;
            };
        }
        if (type == Savepoint.class) {
            return connection.isClosed() || connection.getAutoCommit() ? null : connection.setSavepoint();
        }
        return sample(type);
    }

    private static @Nullable Object sample(Class<?> type) {
        if (type == boolean.class) {
            return true;
        }
        if (type == byte.class) {
            return (byte) 1;
        }
        if (type == short.class) {
            return (short) 1;
        }
        if (type == long.class) {
            return 1L;
        }
        if (type == float.class) {
            return 1f;
        }
        if (type == double.class) {
            return 1d;
        }
        if (type == byte[].class) {
            return new byte[] {49};
        }
        if (type == int[].class) {
            return new int[] {1};
        }
        if (type == String[].class) {
            return new String[] {"label"};
        }
        if (type == Object.class || type == Object[].class) {
            return type == Object.class ? "1" : new Object[] {"1"};
        }
        if (type == Class.class) {
            return String.class;
        }
        return Map.<Class<?>, Object>ofEntries(
                        Map.entry(BigDecimal.class, BigDecimal.ONE),
                        Map.entry(java.sql.Date.class, java.sql.Date.valueOf("2024-02-29")),
                        Map.entry(java.sql.Time.class, java.sql.Time.valueOf("10:11:12")),
                        Map.entry(java.sql.Timestamp.class, java.sql.Timestamp.valueOf("2024-02-29 10:11:12")),
                        Map.entry(Calendar.class, Calendar.getInstance()),
                        Map.entry(SQLType.class, JDBCType.VARCHAR),
                        Map.entry(Executor.class, (Executor) Runnable::run),
                        Map.entry(Properties.class, new Properties()),
                        Map.entry(Map.class, Map.of()),
                        Map.entry(ShardingKey.class, ShardKey.of("p-1")),
                        Map.entry(InputStream.class, new ByteArrayInputStream("1".getBytes(StandardCharsets.UTF_8))),
                        Map.entry(Reader.class, new StringReader("1")))
                .get(type);
    }

    private String queryText() {
        return "SELECT label FROM parcels WHERE parcel_key = '" + key + "'";
    }

    private String updateText() {
        return "UPDATE parcels SET label = 'new' WHERE parcel_key = '" + key + "'";
    }
}
