package dev.ringshard.testing;

import dev.ringshard.config.DatabaseSource;
import dev.ringshard.config.ShardConfig;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

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

    /** The last part of its URL's path: on PostgreSQL what the server calls it. */
    String name() {
        String path = url.replaceFirst("[?;].*", "");
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** Its line in the {@code shards} of a {@code ringshard.yaml}. */
    public String yaml(String name) {
        return "  - { name: %s, url: \"%s\", user: \"%s\", password: \"%s\" }".formatted(name, url, user, password);
    }
}
