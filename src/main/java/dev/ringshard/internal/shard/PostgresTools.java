package dev.ringshard.internal.shard;

import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.DatabaseSource;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.failure.SqlFailedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;
import org.postgresql.Driver;

/**
 * The programs that come with PostgreSQL, where they are on the PATH. What they need to connect is told by environment variables, so
 * that no password is seen in a list of processes.
 */
public final class PostgresTools {
    private static final int LINES_SHOWN = 4;

    private static final Map<String, String> VARIABLES = Map.of(
            "PGHOST", "PGHOST",
            "PGPORT", "PGPORT",
            "PGDBNAME", "PGDATABASE",
            "sslmode", "PGSSLMODE",
            "sslrootcert", "PGSSLROOTCERT",
            "options", "PGOPTIONS");

    private static final Set<String> OF_OTHERS = Set.of("PGSERVICE", "PGHOSTADDR", "PGOPTIONS");

    private PostgresTools() {}

    /** The database of a shard, where these programs can be told how to reach it: one of PostgreSQL's that is given by its URL. */
    public static Optional<DatabaseSource.Jdbc> reachable(ShardConfig shard) {
        return shard.kind() == DatabaseKind.POSTGRESQL && shard.source() instanceof DatabaseSource.Jdbc database
                ? Optional.of(database)
                : Optional.empty();
    }

    /**
     * Runs a program to its end.
     *
     * @param command its name, and arguments
     * @param output where what it prints goes
     * @throws SqlFailedException if it is not there, or fails, with what it says
     */
    public static void run(DatabaseSource.Jdbc database, Path output, List<String> command) {
        Process process;
        try {
            Path errors = Files.createTempFile("ringshard-", ".log");
            try {
                process = builder(database, command)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
                        .redirectError(errors.toFile())
                        .start();
                process.getOutputStream().close();
                if (process.waitFor() != 0) {
                    throw new SqlFailedException("%s failed: %s".formatted(command.get(0), said(errors)));
                }
            } finally {
                Files.delete(errors);
            }
        } catch (IOException notThere) {
            throw notThere(command, notThere);
        } catch (InterruptedException interrupted) {
            throw interrupted(command, interrupted);
        }
    }

    /**
     * Lets a program have this process's terminal until it ends.
     *
     * @param command its name, and arguments
     * @return what it ended with
     * @throws SqlFailedException if it is not there
     */
    public static int open(DatabaseSource.Jdbc database, List<String> command) {
        try {
            return builder(database, command).inheritIO().start().waitFor();
        } catch (IOException notThere) {
            throw notThere(command, notThere);
        } catch (InterruptedException interrupted) {
            throw interrupted(command, interrupted);
        }
    }

    private static SqlFailedException notThere(List<String> command, IOException failure) {
        return new SqlFailedException(
                "%s could not be run: %s. It comes with PostgreSQL's client programs (the package postgresql-client of Debian, Ubuntu and Alpine, postgresql of Fedora and Red Hat, libpq of Homebrew), and has to be on the PATH, as new as the server or newer"
                        .formatted(command.get(0), failure.getMessage()),
                failure);
    }

    private static SqlFailedException interrupted(List<String> command, InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        return new SqlFailedException("%s was interrupted".formatted(command.get(0)), interrupted);
    }

    /** What the caller's own environment says of another database does not count. */
    private static ProcessBuilder builder(DatabaseSource.Jdbc database, List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeAll(OF_OTHERS);
        builder.environment().putAll(environment(database));
        return builder;
    }

    private static String said(Path errors) throws IOException {
        return Files.readAllLines(errors, StandardCharsets.UTF_8).stream()
                .limit(LINES_SHOWN)
                .collect(Collectors.joining("; "));
    }

    private static Map<String, String> environment(DatabaseSource.Jdbc database) {
        Properties told = Optional.ofNullable(Driver.parseURL(database.url(), new Properties()))
                .orElseGet(Properties::new);
        Map<String, String> environment = new LinkedHashMap<>();
        VARIABLES.forEach((property, variable) -> {
            String value = told.getProperty(property);
            if (value != null) {
                environment.put(variable, value);
            }
        });
        if (!database.user().isEmpty()) {
            environment.put("PGUSER", database.user());
        }
        if (!database.password().isNone()) {
            environment.put("PGPASSWORD", database.password().reveal());
        }
        environment.put("PGTARGETSESSIONATTRS", "read-write"); // of several hosts, the one that takes writes
        environment.put("PGAPPNAME", "ringshard");
        environment.put("PGCONNECT_TIMEOUT", "10");
        return environment;
    }
}
