package dev.ringshard.config;

import javax.sql.DataSource;

/** Where a shard's database is. Immutable; no text form shows a password. */
public sealed interface DatabaseSource {
    /** Which database it is. */
    DatabaseKind kind();

    /** Where it is, for people: fit for logs and messages, as it never contains a secret. */
    String describe();

    /**
     * A database that Ringshard connects to itself, with a pool of its own.
     *
     * <p>A user and a password that the URL carries (as parameters {@code user} and {@code password}, on H2
     * {@code USER} and {@code PASSWORD}) are taken out of it and become {@link #user()} and {@link #password()}, so
     * that {@link #url()} can be handed around without them.
     *
     * @param url a JDBC URL that begins with {@code jdbc:postgresql:} or {@code jdbc:h2:}; other secrets that a driver
     *     takes as parameters, such as {@code sslpassword}, stay in it
     * @param user the database user; empty for the driver's own default
     * @param password that user's password, or {@link Password#NONE}
     */
    record Jdbc(String url, String user, Password password) implements DatabaseSource {
        /**
         * Checks the URL and takes the credentials out of it.
         *
         * @throws dev.ringshard.failure.ConfigurationException if the URL is for another database, cannot be read, or
         *     carries a user or password although one is given beside it
         */
        public Jdbc {
            ProblemList problems = new ProblemList();
            check(problems, url, user, password);
            problems.throwIfAny("database");

            JdbcUrl parsed = JdbcUrl.parse(url);
            url = parsed.withoutCredentials().toString();
            user = parsed.user().orElse(user);
            password = parsed.password().map(Password::of).orElse(password);
        }

        static void check(Problems problems, String url, String user, Password password) {
            JdbcUrl parsed = JdbcUrl.parse(url);
            parsed.fault().ifPresent(fault -> problems.add("url", fault));
            if (parsed.user().isPresent() && !user.isEmpty()) {
                problems.add("user", "is given here and in the URL: give it once.");
            }
            if (parsed.password().isPresent() && !password.isNone()) {
                problems.add("password", "is given here and in the URL: give it once.");
            }
        }

        @Override
        public DatabaseKind kind() {
            return DatabaseKind.ofUrl(url).orElseThrow();
        }

        /** The URL, with {@code ***} for the value of each parameter that may be a secret. */
        public String redactedUrl() {
            return JdbcUrl.parse(url).redacted();
        }

        /** The same as {@link #redactedUrl()}. */
        @Override
        public String describe() {
            return redactedUrl();
        }

        /** Without the secrets. */
        @Override
        public String toString() {
            return "Jdbc[url=%s, user=%s, password=%s]".formatted(redactedUrl(), user, password);
        }
    }

    /**
     * A database that the application is connected to already. Ringshard takes connections from it and gives them
     * back as they came, and never closes it; the {@link PoolConfig} does not apply, so give it time-outs of its own.
     *
     * @param dataSource has to be safe for use by many threads, and to give connections that nobody else uses meanwhile
     * @param kind what it connects to, which its class does not tell
     */
    record Existing(DataSource dataSource, DatabaseKind kind) implements DatabaseSource {
        /** The class of the data source; what it says of itself may hold a password. */
        @Override
        public String describe() {
            return "a " + dataSource.getClass().getSimpleName() + " of the application";
        }

        /** Without what the data source says of itself. */
        @Override
        public String toString() {
            return "Existing[dataSource=%s, kind=%s]"
                    .formatted(dataSource.getClass().getName(), kind);
        }
    }
}
