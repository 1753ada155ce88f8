package dev.ringshard.internal.shard;

import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What a failure means for the work that met it, by the SQLSTATE found along its causes and next-exceptions; never by
 * the text of a message.
 */
public enum FailureKind {
    /** The fence: the shard does not own the token (a class of our own, {@code RS}). */
    NOT_OWNER,
    /** Serialization failure, deadlock or lock time-out: the transaction had no effect and can be repeated. */
    CONTENTION,
    /** The connection is gone, or the server is stopping. */
    DISCONNECTED,
    /** The database takes no writes: a standby, as after a switch-over, or one that was set to read only. */
    READ_ONLY,
    /** What the database says of itself came out of a dump; on PostgreSQL. */
    RESTORED,
    /** A unique key exists already. */
    DUPLICATE,
    /** A number does not fit its column. */
    OUT_OF_RANGE,
    /** The database user may not do this; on PostgreSQL. */
    DENIED,
    /** Anything else, or no SQL failure at all. */
    OTHER;

    /** SQLSTATE of a token that the shard does not own. */
    public static final String NOT_OWNER_STATE = "RS001";

    private static final String PROTOCOL_VIOLATION = "08P01";

    /** SQLSTATE of a pooler's session that Ringshard refuses. */
    static final String UNFIT_SESSION_STATE = "RS009";

    /** The kind of the first SQLSTATE that has one other than {@link #OTHER}. */
    public static FailureKind of(Throwable failure) {
        return first(failure).map(FailureKind::ofOne).orElse(OTHER);
    }

    /**
     * By its SQLSTATE alone, but for one: to a statement whose parameters do not fit it PostgreSQL answers 08P01 on a connection that
     * goes on; poolers end it by the same state, and their severity is another.
     */
    private static FailureKind ofOne(SQLException failure) {
        String state = failure.getSQLState();
        boolean isAnswer = PROTOCOL_VIOLATION.equals(state) && Dialect.isOfStatement(failure);
        return state == null || isAnswer ? OTHER : ofState(state);
    }

    /** Whether a statement was cancelled, by a time-out of its session or from another one. */
    static boolean isCancelled(Throwable failure) {
        return hasState(failure, "57014"::equals);
    }

    /** Whether the server answered, and refused the user, the password, or the name of the database. */
    public static boolean isRefusedLogin(Throwable failure) {
        return hasState(failure, state -> state.startsWith("28") || state.equals("3D000") || state.equals("90146"));
    }

    /**
     * Whether a login that failed so will fail again: it was refused, or a pooler's sessions are unfit, or H2 cannot read or
     * write its file.
     */
    static boolean isLastingLoginFailure(Throwable failure) {
        return isRefusedLogin(failure)
                || isUnfitSession(failure)
                || hasState(failure, state -> state.equals("90028") || state.equals("90031"));
    }

    /** Whether a pooler's session is not as Ringshard needs it. */
    static boolean isUnfitSession(Throwable failure) {
        return hasState(failure, UNFIT_SESSION_STATE::equals);
    }

    /** Whether another process has an H2 database's file open. */
    static boolean isOpenElsewhere(Throwable failure) {
        return hasState(failure, "90020"::equals);
    }

    /** Whether a statement that is to make a table met one of its name. */
    public static boolean isTableThere(Throwable failure) {
        return hasState(failure, state -> state.equals("42P07") || state.equals("42S01"));
    }

    /** Whether H2 was given something else as a query; PostgreSQL runs it, in a transaction that refuses to write. */
    public static boolean isNoQuery(Throwable failure) {
        return hasState(failure, "90002"::equals);
    }

    private static boolean hasState(Throwable failure, Predicate<String> which) {
        return first(failure).map(SQLException::getSQLState).filter(which).isPresent();
    }

    /** The SQL failure that decides the kind; empty if there is none. */
    public static Optional<SQLException> first(Throwable failure) {
        Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        Deque<Throwable> open = new ArrayDeque<>();
        open.add(failure);
        Optional<SQLException> fallback = Optional.empty();
        while (!open.isEmpty()) {
            Throwable next = open.removeFirst();
            if (!seen.add(next)) {
                continue;
            }
            if (next instanceof SQLException sql) {
                if (ofOne(sql) != OTHER) {
                    return Optional.of(sql);
                }
                fallback = fallback.or(() -> Optional.of(sql));
                if (sql.getNextException() != null) {
                    open.add(sql.getNextException());
                }
            }
            if (next.getCause() != null) {
                open.add(next.getCause());
            }
        }
        return fallback;
    }

    static FailureKind ofState(String state) {
        return switch (state) {
            case NOT_OWNER_STATE -> NOT_OWNER;
            // 55P03: lock_timeout or NOWAIT on PostgreSQL; HYT00: lock time-out on H2
            case "40001", "40P01", "55P03", "HYT00" -> CONTENTION;
            // 57P0x: the server shuts down, crashed, or cannot take connections yet
            // 90xxx: H2's connection broken, database closed, database closing, database already open elsewhere
            case "57P01", "57P02", "57P03", "90067", "90098", "90121", "90020" -> DISCONNECTED;
            case "25006" -> READ_ONLY;
            case "23505" -> DUPLICATE;
            case "22003" -> OUT_OF_RANGE;
            case "42501" -> DENIED;
            case "RS008" -> RESTORED;
            default -> state.startsWith("08") ? DISCONNECTED : OTHER;
        };
    }
}
