package dev.ringshard.testing;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

/** An empty database of a test's own, and how to connect to it. */
public record TestDatabase(String url, String user, String password) {

    /** A new connection in autocommit mode; the caller closes it. */
    public Connection connect() throws SQLException {
        return DriverManager.getConnection(url, user, password);
    }

    /** Its line in the {@code shards} of a {@code ringshard.yaml}. */
    public String yaml(String name) {
        return "  - { name: %s, url: \"%s\", user: \"%s\", password: \"%s\" }".formatted(name, url, user, password);
    }
}
