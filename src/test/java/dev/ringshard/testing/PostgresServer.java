package dev.ringshard.testing;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL server that tests run on. {@link #shared()} is the one of this JVM, {@link #start} begins another that a
 * test may kill. Where the shared one comes from is said by the system property {@value PostgresChoice#PROPERTY}:
 *
 * <ul>
 *   <li>a JDBC URL with {@code user} and {@code password}, of someone who may create databases: that server;
 *   <li>{@code testcontainers}: a container;
 *   <li>{@code embedded}: the binaries on the test class path;
 *   <li>not set: a container where a container engine answers, otherwise the binaries.
 * </ul>
 *
 * <p>Where none can be had, the tests fail; they are never skipped. Safe for use by many threads.
 */
public abstract sealed class PostgresServer implements AutoCloseable
        permits ContainerServer, EmbeddedServer, GivenServer {

    static final int MAX_CONNECTIONS = 300;

    private static final AtomicInteger DATABASES = new AtomicInteger();
    private static volatile @Nullable PostgresServer shared;

    /** The server of this JVM, started at the first call and stopped when the JVM ends. Commits are not durable. */
    public static synchronized PostgresServer shared() {
        PostgresServer server = shared;
        if (server == null) {
            server = PostgresChoice.bySystemProperty().open();
            shared = server;
            Runtime.getRuntime().addShutdownHook(new Thread(server::close, "postgres-closer"));
        }
        return server;
    }

    /**
     * A server of the caller's own, which it closes. It always comes from the embedded binaries, because its processes
     * are there to be killed.
     *
     * @param durable whether a commit that was acknowledged survives a kill ({@code fsync} and
     *     {@code synchronous_commit} on, as in production) or the server is fast and forgetful and must not be killed
     */
    public static EmbeddedServer start(boolean durable) {
        return EmbeddedServer.open(durable, Map.of());
    }

    /**
     * As {@link #start(boolean)}, fast and forgetful, with settings of PostgreSQL's. The user {@code postgres} must be let
     * in without a password.
     */
    public static EmbeddedServer start(Map<String, String> settings) {
        return EmbeddedServer.open(false, settings);
    }

    /** As {@link #start(boolean)}, durable, with settings of PostgreSQL's. */
    public static EmbeddedServer startDurable(Map<String, String> settings) {
        return EmbeddedServer.open(true, settings);
    }

    /** A fresh, empty database under a name that no other has; see {@link DatabaseScope} for how long. */
    public final TestDatabase createDatabase() {
        return copyOf("template1");
    }

    /** As {@link #createDatabase()}, in an encoding, with the locale C. */
    public final TestDatabase createDatabaseIn(String encoding) {
        return created("template0", "ENCODING '%s' LC_COLLATE 'C' LC_CTYPE 'C'".formatted(encoding));
    }

    /** A database of this server to make copies of. Nobody uses it any more; who still leaves it is waited for. */
    final DatabaseTemplate template(TestDatabase database) {
        DatabaseScope.keep(database);
        KeptSessions.end(database);
        return () -> copyOf(database.name());
    }

    /** A copy of a database as it is now; nobody may be connected to it, or who still leaves it is waited for. */
    public final TestDatabase backup(TestDatabase database) {
        KeptSessions.end(database);
        return copyOf(database.name());
    }

    /** A copy under a name that no other has. */
    TestDatabase copyOf(String template) {
        // Not by the log, the default, which writes all of it twice.
        return created(template, "STRATEGY file_copy");
    }

    private TestDatabase created(String template, String options) {
        String name = "test_" + DATABASES.incrementAndGet() + "_"
                + UUID.randomUUID().toString().substring(0, 8);
        execute("CREATE DATABASE %s TEMPLATE %s %s".formatted(name, template, options));
        TestDatabase database = database(name);
        if (this == shared) {
            DatabaseScope.add(database);
        }
        return database;
    }

    /** Drops a database, whoever is connected to it. */
    final void drop(TestDatabase database) {
        KeptSessions.end(database);
        execute("DROP DATABASE IF EXISTS " + database.name() + " WITH (FORCE)");
    }

    /** Stops the server and removes what it stored. Calling it again does nothing. */
    @Override
    public abstract void close();

    /** How to connect to the database of that name, which need not exist. */
    abstract TestDatabase database(String name);

    /** The server's version as it says it itself, such as {@code 18.6}. */
    String version() {
        try (Connection connection = maintenance().connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SHOW server_version")) {
            row.next();
            return row.getString(1);
        } catch (SQLException e) {
            throw new IllegalStateException("The PostgreSQL server for tests does not answer.", e);
        }
    }

    /** The database to connect to for creating and dropping others. */
    TestDatabase maintenance() {
        return database("postgres");
    }

    void execute(String sql) {
        try {
            maintenance().execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException("The PostgreSQL server for tests refused: " + sql, e);
        }
    }
}
