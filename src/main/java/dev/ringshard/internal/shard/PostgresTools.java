package dev.ringshard.internal.shard;

import dev.ringshard.config.DatabaseSource;
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

    private PostgresTools() {}

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
                ProcessBuilder builder = new ProcessBuilder(command)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
                        .redirectError(errors.toFile());
                builder.environment().putAll(environment(database));
                process = builder.start();
                process.getOutputStream().close();
                if (process.waitFor() != 0) {
                    throw new SqlFailedException("%s failed: %s".formatted(command.get(0), said(errors)));
                }
            } finally {
                Files.delete(errors);
            }
        } catch (IOException notThere) {
            throw new SqlFailedException(
                    "%s could not be run: %s. It comes with PostgreSQL's client programs, and has to be on the PATH, as new as the server or newer"
                            .formatted(command.get(0), notThere.getMessage()),
                    notThere);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new SqlFailedException("%s was interrupted".formatted(command.get(0)), interrupted);
        }
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
