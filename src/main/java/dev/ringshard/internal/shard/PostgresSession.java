package dev.ringshard.internal.shard;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Properties;
import org.postgresql.Driver;
import org.postgresql.PGConnection;

/**
 * The session of a connection. A pooler such as PgBouncer may give it to other clients between two transactions: then
 * nothing is set in it that outlives a transaction, and what Ringshard needs must come with the database user.
 */
final class PostgresSession {
    private static final String ISOLATION = "read committed";

    private PostgresSession() {}

    /**
     * A pooler tells its clients a process of its own making, from which cancelling starts. In which mode it works, nobody
     * can see from here: one that is seldom used gives the same session again and again.
     */
    static boolean isPooled(Connection connection) throws SQLException {
        return connection.isWrapperFor(PGConnection.class)
                && !Dialect.texts(connection, "SELECT 'yes' WHERE pg_backend_pid() <> " + process(connection))
                        .isEmpty();
    }

    /** In one round trip; tells the log of the server. */
    static ServerLog begin(Connection connection, Duration lockTimeout, String url, Dialect dialect)
            throws SQLException {
        String limit = lockTimeout.toMillis() + "ms";
        try (Statement statement = connection.createStatement();
                ResultSet session = statement.executeQuery("""
                        SELECT pg_backend_pid() = %1$d,
                               CASE WHEN pg_backend_pid() = %1$d THEN set_config('lock_timeout', '%2$s', false)
                                    ELSE current_setting('lock_timeout') END,
                               CASE WHEN pg_backend_pid() = %1$d
                                    THEN set_config('default_transaction_isolation', '%3$s', false)
                                    ELSE current_setting('default_transaction_isolation') END,
                               format('ALTER ROLE %%I IN DATABASE %%I', session_user, current_database()),
                               %4$s,
                               %5$s,
                               %6$s,
                               current_setting('session_replication_role') = 'replica'""".formatted(
                                process(connection),
                                limit,
                                ISOLATION,
                                dialect.incarnation(),
                                dialect.logPosition(),
                                dialect.serverStart()))) {
            session.next();
            if (session.getBoolean(8)) {
                throw new SQLException(
                        "sessions of this user begin with session_replication_role = replica, so that no trigger fires and the fence is off: let a superuser run \"%s SET session_replication_role = origin\""
                                .formatted(session.getString(4)),
                        FailureKind.UNFIT_SESSION_STATE);
            }
            if (!session.getBoolean(1)) {
                String set = session.getString(4) + " SET ";
                require(!session.getString(2).equals("0"), "lock_timeout is 0", set + "lock_timeout = '" + limit + "'");
                String isolation = session.getString(3);
                require(
                        isolation.equals(ISOLATION),
                        "default_transaction_isolation is " + isolation,
                        set + "default_transaction_isolation = '" + ISOLATION + "'");
                nameNoStatements(connection, url);
            }
            return new ServerLog(session.getString(5), session.getLong(6), session.getLong(7));
        }
    }

    /** The driver takes notice that its prepared statements are gone. Behind a pooler the session may be another client's by now. */
    static void reset(Connection connection) throws SQLException {
        if (!isPooled(connection)) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("DISCARD ALL");
            }
        }
    }

    private static int process(Connection connection) throws SQLException {
        return connection.unwrap(PGConnection.class).getBackendPID();
    }

    private static void require(boolean isFit, String found, String remedy) throws SQLException {
        if (!isFit) {
            throw new SQLException("""
                    a connection pooler such as PgBouncer stands before it, where what Ringshard sets for a session could reach \
                    other clients, and for this user %s: let it run "%s", and the pooler connect anew""".formatted(found, remedy), FailureKind.UNFIT_SESSION_STATE);
        }
    }

    /** Statements that have a name are there in one session only, unless the pooler keeps them and the url says so. */
    private static void nameNoStatements(Connection connection, String url) throws SQLException {
        Properties told = Driver.parseURL(url, new Properties());
        if (told == null || told.getProperty("prepareThreshold") == null) {
            connection.unwrap(PGConnection.class).setPrepareThreshold(0);
        }
    }
}
