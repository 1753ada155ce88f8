package dev.ringshard.testing;

import dev.ringshard.config.DatabaseSource;
import dev.ringshard.config.ShardConfig;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A database of a test's own, and how to connect to it. */
public record TestDatabase(String url, String user, String password) {

    /** That of a shard that is configured by its URL. */
    public static TestDatabase of(ShardConfig shard) {
        if (shard.source() instanceof DatabaseSource.Jdbc jdbc) {
            return new TestDatabase(jdbc.url(), jdbc.user(), jdbc.password().reveal());
        }
        throw new IllegalArgumentException("a test's shard is given by its URL");
    }

    /** A new connection in autocommit mode; the caller closes it. */
    public Connection connect() throws SQLException {
        return DriverManager.getConnection(url, user, password);
    }

    /** Runs statements, past everything but the fence. */
    public void execute(String statements) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(statements);
        }
    }

    /** Runs statements one after the other, past everything but the fence. */
    public void executeAll(List<String> statements) {
        if (statements.isEmpty()) {
            return;
        }
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (String one : statements) {
                statement.execute(one);
            }
        } catch (SQLException refused) {
            throw new IllegalStateException(refused);
        }
    }

    /** What a query gives first; null where that is null. */
    public @Nullable String text(String query) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getString(1);
        }
    }

    /** The number that a query gives first. */
    public long number(String query) throws SQLException {
        return Long.parseLong(String.valueOf(text(query)));
    }

    /** The last part of its URL's path: on PostgreSQL what the server calls it. */
    public String name() {
        String path = url.replaceFirst("[?;].*", "");
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** Its line in the {@code shards} of a {@code ringshard.yaml}. */
    public String yaml(String name) {
        return "  - { name: %s, url: \"%s\", user: \"%s\", password: \"%s\" }".formatted(name, url, user, password);
    }
}
