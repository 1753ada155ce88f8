package dev.ringshard.testing;

import dev.ringshard.Ringshard;
import dev.ringshard.config.RingshardConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Fresh databases on PostgreSQL that belong to an owner who is no superuser, and the roles that {@code src/docs/roles.sql}
 * makes on them: the script itself is run, as far as the server sees it from psql. Closing drops databases and roles.
 */
public final class Roles implements AutoCloseable {
    private static final Path SCRIPT = Path.of("src/docs/roles.sql");
    private static final String PASSWORD = "open sesame";

    private final String suffix = UUID.randomUUID().toString().substring(0, 8);
    private final List<TestDatabase> databases = new ArrayList<>();

    /** Who connects. */
    public enum Role {
        OWNER,
        APPLICATION,
        MOVER,
        READER
    }

    /** An owner with so many databases, which are empty. */
    public static Roles withDatabases(int count) {
        Roles roles = new Roles();
        PostgresServer.shared()
                .execute("CREATE ROLE %s LOGIN CREATEROLE PASSWORD '%s'".formatted(roles.name(Role.OWNER), PASSWORD));
        for (int i = 0; i < count; i++) {
            TestDatabase database = PostgresServer.shared().createDatabase();
            roles.databases.add(database);
            PostgresServer.shared()
                    .execute("ALTER DATABASE %s OWNER TO %s".formatted(database.name(), roles.name(Role.OWNER)));
        }
        return roles;
    }

    /** An initialised cluster on which the script was run. */
    public static Roles withCluster(int shards) throws SQLException {
        Roles roles = withDatabases(shards);
        Ringshard.init(roles.config(Role.OWNER));
        for (int shard = 1; shard <= shards; shard++) {
            roles.runScript(shard);
        }
        return roles;
    }

    /** The role's name on the server. */
    public String name(Role role) {
        return role.name().toLowerCase(Locale.ROOT) + "_" + suffix;
    }

    /** The database of the shard {@code eu-1}, {@code eu-2} and so on, as the superuser sees it. */
    public TestDatabase database(int shard) {
        return databases.get(shard - 1);
    }

    /** As a role sees it. */
    public TestDatabase database(int shard, Role role) {
        return new TestDatabase(database(shard).url(), name(role), PASSWORD);
    }

    /** All databases as a cluster, for a role. */
    public RingshardConfig config(Role role) {
        return TestCluster.config(IntStream.rangeClosed(1, databases.size())
                .mapToObj(shard -> TestCluster.shard("eu-" + shard, database(shard, role)))
                .toList());
    }

    /** Runs the script on a shard, as its owner. */
    public void runScript(int shard) throws SQLException {
        runScript(shard, name(Role.APPLICATION));
        for (Role role : List.of(Role.APPLICATION, Role.MOVER, Role.READER)) {
            execute(shard, Role.OWNER, "ALTER ROLE %s PASSWORD '%s'".formatted(name(role), PASSWORD));
        }
    }

    /** As {@link #runScript(int)}, with another name for the application's role, and without a password. */
    public void runScript(int shard, String application) throws SQLException {
        execute(
                shard,
                Role.OWNER,
                script().replace(":'application'", literal(application))
                        .replace(":'mover'", literal(name(Role.MOVER)))
                        .replace(":'reader'", literal(name(Role.READER))));
    }

    private static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    /** Without the lines that psql keeps to itself. */
    private static String script() {
        try {
            return Files.readString(SCRIPT)
                    .lines()
                    .filter(line -> !line.startsWith("\\"))
                    .collect(Collectors.joining("\n"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs SQL on a shard as a role. */
    public void execute(int shard, Role role, String sql) throws SQLException {
        database(shard, role).execute(sql);
    }

    /** Runs SQL of the whole server as the superuser. */
    public void execute(String sql) {
        PostgresServer.shared().execute(sql);
    }

    @Override
    public void close() {
        for (TestDatabase database : databases) {
            PostgresServer.shared().execute("DROP DATABASE %s WITH (FORCE)".formatted(database.name()));
        }
        for (Role role : Role.values()) {
            PostgresServer.shared().execute("DROP ROLE IF EXISTS " + name(role));
        }
    }
}
