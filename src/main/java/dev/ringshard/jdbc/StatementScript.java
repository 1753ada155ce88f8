package dev.ringshard.jdbc;

import dev.ringshard.internal.shard.GuardedPart;
import java.io.InputStream;
import java.io.Reader;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLNonTransientException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Calendar;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a statement was told before it is executed: its settings, parameters and batch. It is played to a statement of the
 * database once the owner is known, and again on whatever shard the next transaction runs.
 */
final class StatementScript {
    private static final String FETCH_SIZE = "setFetchSize";
    private static final Set<String> SETTINGS = Set.of(
            "setMaxFieldSize",
            "setMaxRows",
            "setLargeMaxRows",
            "setEscapeProcessing",
            "setQueryTimeout",
            "setCursorName",
            "setFetchDirection",
            FETCH_SIZE,
            "setPoolable");

    private final Kind kind;
    private final Map<String, Call> settings = new LinkedHashMap<>();
    private final Map<Object, Call> outParameters = new LinkedHashMap<>();
    private final Map<Object, Call> parameters = new LinkedHashMap<>();
    private final List<List<Call>> batch = new ArrayList<>();

    StatementScript(Kind kind) {
        this.kind = kind;
    }

    /**
     * What kind of statement it is.
     *
     * @param sql of a prepared one
     * @param returnsKeys whether it was prepared to return generated keys
     * @param origin makes one of the database's
     */
    record Kind(
            Class<? extends Statement> type,
            @Nullable String sql,
            int resultSetType,
            int concurrency,
            boolean returnsKeys,
            Origin origin) {
        Kind(Class<? extends Statement> type, @Nullable String sql, boolean returnsKeys, Origin origin) {
            this(type, sql, ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_READ_ONLY, returnsKeys, origin);
        }
    }

    @FunctionalInterface
    interface Origin {
        Statement on(Connection connection) throws SQLException;
    }

    private static final class Call {
        private final Method method;
        private final @Nullable Object @Nullable [] arguments;

        Call(Method method, @Nullable Object @Nullable [] arguments) {
            this.method = method;
            this.arguments = arguments;
        }

        void on(Statement statement) throws SQLException {
            invoke(statement, method, arguments);
        }

        /** Of a parameter, that many places further on. */
        void on(PreparedStatement statement, int shift) throws SQLException {
            @Nullable Object[] shifted = arguments == null ? new Object[0] : arguments.clone();
            if (shifted.length == 0 || !(shifted[0] instanceof Integer place)) {
                throw new SQLNonTransientException("A parameter has no place. Nothing was done.", SqlFailures.INVALID);
            }
            shifted[0] = place + shift;
            invoke(statement, method, shifted);
        }
    }

    static @Nullable Object invoke(Object target, Method method, @Nullable Object @Nullable [] arguments)
            throws SQLException {
        try {
            return method.invoke(target, GuardedPart.bare(arguments));
        } catch (InvocationTargetException failed) {
            Throwable failure = failed.getTargetException();
            if (failure instanceof SQLException sql) {
                throw sql;
            }
            if (failure instanceof RuntimeException unchecked) {
                throw unchecked;
            }
            if (failure instanceof Error error) {
                throw error;
            }
            throw new SQLException(failure);
        } catch (IllegalAccessException impossible) {
            throw new IllegalStateException("The interfaces of java.sql are public.", impossible);
        }
    }

    Kind kind() {
        return kind;
    }

    boolean isPrepared() {
        return PreparedStatement.class.isAssignableFrom(kind.type);
    }

    boolean isCallable() {
        return CallableStatement.class.isAssignableFrom(kind.type);
    }

    /** Fails if a prepared statement, which has its text, is given another, or any other is given none. */
    void requireTextOnce(@Nullable Object @Nullable [] arguments) throws SQLException {
        boolean isGiven = arguments != null && arguments[0] instanceof String;
        if (isGiven == isPrepared()) {
            throw new SQLNonTransientException(
                    "A prepared statement has its text, and any other is given one when it is executed. Nothing was run.",
                    SqlFailures.SEQUENCE);
        }
    }

    /** Whether it can be played a second time: a stream is read once. */
    boolean isRepeatable() {
        for (Call call : parameters.values()) {
            if (call.arguments != null
                    && call.arguments.length > 1
                    && (call.arguments[1] instanceof InputStream || call.arguments[1] instanceof Reader)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Notes what a statement is told before it is executed.
     *
     * @return whether it is something of that kind
     */
    boolean notes(Method method, @Nullable Object @Nullable [] arguments) throws SQLException {
        String name = method.getName();
        if (SETTINGS.contains(name)) {
            requireNotNegative(name, arguments);
            settings.put(name, new Call(method, arguments));
        } else if (name.startsWith("set") && arguments != null && arguments.length > 1) {
            parameters.put(parameter(arguments), new Call(method, copied(arguments)));
        } else if (name.equals("registerOutParameter") && arguments != null) {
            outParameters.put(parameter(arguments), new Call(method, arguments));
        } else if (name.equals("addBatch")) {
            requireTextOnce(arguments);
            List<Call> entry = new ArrayList<>(parameters.values());
            entry.add(new Call(method, arguments));
            batch.add(entry);
        } else if (name.equals("clearParameters")) {
            parameters.clear();
        } else if (name.equals("clearBatch")) {
            batch.clear();
        } else {
            return false;
        }
        return true;
    }

    private static Object parameter(@Nullable Object[] arguments) {
        return String.valueOf(arguments[0]);
    }

    private static void requireNotNegative(String name, @Nullable Object @Nullable [] arguments) throws SQLException {
        boolean isDirection = name.equals("setFetchDirection");
        if (!isDirection && arguments != null && arguments[0] instanceof Number number && number.longValue() < 0) {
            throw new SQLNonTransientException(
                    "%s was called with %d, where 0 is the least. Nothing was changed."
                            .formatted(name, number.longValue()),
                    SqlFailures.INVALID);
        }
    }

    /** As of now: the caller may go on using what it handed in. */
    @SuppressWarnings("JavaUtilDate") // which JDBC takes
    private static @Nullable Object[] copied(@Nullable Object[] arguments) {
        @Nullable Object[] copy = arguments.clone();
        for (int i = 1; i < copy.length; i++) {
            if (copy[i] instanceof byte[] bytes) {
                copy[i] = bytes.clone();
            } else if (copy[i] instanceof Date date) {
                copy[i] = date.clone();
            } else if (copy[i] instanceof Calendar calendar) {
                copy[i] = calendar.clone();
            }
        }
        return copy;
    }

    /** What was set, or holds from the start; empty if the name is not that of a setting's getter. */
    @Nullable
    Object setting(String getter) {
        Call call = settings.get(getter.replaceFirst("^(get|is)", "set"));
        if (call != null && call.arguments != null) {
            return call.arguments[0];
        }
        return switch (getter) {
            case "getMaxFieldSize", "getMaxRows", "getQueryTimeout", "getFetchSize" -> 0;
            case "getLargeMaxRows" -> 0L;
            case "getFetchDirection" -> ResultSet.FETCH_FORWARD;
            case "isPoolable" -> isPrepared();
            case "getResultSetType" -> kind.resultSetType;
            case "getResultSetConcurrency" -> kind.concurrency;
            case "getResultSetHoldability" -> ResultSet.CLOSE_CURSORS_AT_COMMIT;
            default -> null;
        };
    }

    /**
     * Tells a statement of the database all of it.
     *
     * @param withCursor whether rows may be fetched as they are read, for which the transaction has to last
     */
    void play(Statement statement, boolean withCursor) throws SQLException {
        for (Map.Entry<String, Call> setting : settings.entrySet()) {
            if (withCursor || !setting.getKey().equals(FETCH_SIZE)) {
                setting.getValue().on(statement);
            }
        }
        if (statement instanceof PreparedStatement prepared) {
            prepared.clearParameters();
        }
        for (Call out : outParameters.values()) {
            out.on(statement);
        }
        for (List<Call> entry : batch) {
            for (Call call : entry) {
                call.on(statement);
            }
        }
        for (Call parameter : parameters.values()) {
            parameter.on(statement);
        }
    }

    /** As {@link #play}, to a statement with more parameters, which stand before the script's. */
    void playBehind(PreparedStatement statement, int shift) throws SQLException {
        for (Map.Entry<String, Call> setting : settings.entrySet()) {
            if (!setting.getKey().equals(FETCH_SIZE)) {
                setting.getValue().on(statement);
            }
        }
        for (Call parameter : parameters.values()) {
            parameter.on(statement, shift);
        }
    }

    /** Whether it reads rows forward, and asks for nothing that only a statement of its own gives. */
    boolean isPlain() {
        return !isCallable()
                && !kind.returnsKeys
                && kind.resultSetType == ResultSet.TYPE_FORWARD_ONLY
                && kind.concurrency == ResultSet.CONCUR_READ_ONLY
                && isRepeatable();
    }

    /** The texts of a batch that was not prepared. */
    List<String> textsOfBatch() {
        if (batch.isEmpty()) { // nearly always
            return List.of();
        }
        return batch.stream()
                .flatMap(List::stream)
                .filter(call -> call.method.getName().equals("addBatch") && call.arguments != null)
                .map(call -> String.valueOf(Objects.requireNonNull(call.arguments)[0]))
                .toList();
    }

    /** A batch is done, or has failed. */
    void forgetBatch() {
        batch.clear();
    }
}
