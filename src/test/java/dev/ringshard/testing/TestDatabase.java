package dev.ringshard.testing;

import dev.ringshard.config.DatabaseSource;
import dev.ringshard.config.ShardConfig;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
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
        KeptSessions.in(this, statement -> statement.execute(statements));
        if (statements.contains("ALTER ")) { // perhaps DATABASE or ROLE, which new sessions see
            KeptSessions.end(this);
        }
    }

    /** Runs statements one after the other, past everything but the fence. */
    public void executeAll(List<String> statements) {
        try {
            KeptSessions.in(this, statement -> {
                for (String one : statements) {
                    statement.execute(one);
                }
                return statements.size();
            });
        } catch (SQLException refused) {
            throw new IllegalStateException(refused);
        }
    }

    /** What a query gives first; null where that is null. */
    public @Nullable String text(String query) throws SQLException {
        return KeptSessions.<@Nullable String>in(this, statement -> {
            try (ResultSet row = statement.executeQuery(query)) {
                row.next();
                return row.getString(1);
            }
        });
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

    /** Ends the sessions in which a test has looked at it, which would be kept for the next look. */
    public void endSessions() {
        KeptSessions.end(this);
    }

    /** Its line in the {@code shards} of a {@code ringshard.yaml}. */
    public String yaml(String name) {
        return "  - { name: %s, url: \"%s\", user: \"%s\", password: \"%s\" }".formatted(name, url, user, password);
    }
}
