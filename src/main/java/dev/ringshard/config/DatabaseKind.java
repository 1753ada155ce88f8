package dev.ringshard.config;

import java.util.Arrays;
import java.util.Optional;

/** The databases that a shard can be. */
public enum DatabaseKind {
    /** PostgreSQL, by its own JDBC driver: {@code jdbc:postgresql:}. */
    POSTGRESQL("jdbc:postgresql:"),
    /** H2, in memory, in a file or as a server: {@code jdbc:h2:}. */
    H2("jdbc:h2:");

    private final String urlPrefix;

    DatabaseKind(String urlPrefix) {
        this.urlPrefix = urlPrefix;
    }

    /** What its JDBC URLs begin with, in lower case and with the last colon. */
    public String urlPrefix() {
        return urlPrefix;
    }

    /** The kind that the URL's prefix names, read as the drivers do: case matters. Empty for any other text. */
    public static Optional<DatabaseKind> ofUrl(String url) {
        return Arrays.stream(values())
                .filter(kind -> url.startsWith(kind.urlPrefix))
                .findFirst();
    }
}
