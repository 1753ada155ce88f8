package dev.ringshard.internal.schema;

import dev.ringshard.config.TablesConfig;
import dev.ringshard.failure.SqlFailedException;
import dev.ringshard.internal.ownership.SchemaHistory;
import dev.ringshard.internal.shard.Shard;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.configuration.FluentConfiguration;

/**
 * Migrations by Flyway: the library's own ({@code migrations/common}, and those of the shard's kind of database), and
 * those of the application's tables. Each has a history of its own, so that neither gets into the other's way.
 *
 * <p>What a database holds already stays. Several runs at once take turns: on PostgreSQL by a lock that Flyway takes in the
 * database, on H2, which is open in one process at a time, by the one here.
 */
public final class Migrations {
    private static final String ROOT = "classpath:dev/ringshard/migrations/";
    private static final Pattern SCRIPT_LINE = Pattern.compile("(?m)^Line +: (\\d+)");
    private static final int LINES_SHOWN = 4;

    private Migrations() {}

    /**
     * Brings a database to the newest version of Ringshard's own tables. Repeating it changes nothing.
     *
     * @return how many migrations ran
     * @throws SqlFailedException if one failed
     */
    public static int migrate(Shard shard) {
        return run(
                shard,
                "",
                Flyway.configure(Migrations.class.getClassLoader())
                        .locations(ROOT + "common", ROOT + shard.dialect().migrations())
                        .table(SchemaHistory.RINGSHARD));
    }

    /**
     * Brings a database that has Ringshard's own tables to the newest version of the application's. Repeating it runs what
     * is new.
     *
     * @return how many migrations ran
     * @throws SqlFailedException if one failed, or one that ran before is not there any more or was changed
     */
    public static int migrate(Shard shard, TablesConfig tables) {
        if (tables.migrations().isEmpty()) {
            return 0;
        }
        return run(
                shard,
                " by tables.migrations",
                Flyway.configure() // which finds classpath: where the application's thread does
                        .locations(
                                tables.migrations(shard.dialect().migrations()).toArray(String[]::new))
                        .table(SchemaHistory.TABLES)
                        .callbacks(new PatientConnections()));
    }

    private static synchronized int run(Shard shard, String by, FluentConfiguration configuration) {
        try {
            Flyway flyway = configuration
                    .dataSource(shard.dataSource())
                    .baselineOnMigrate(true)
                    .baselineVersion("0")
                    .failOnMissingLocations(true)
                    .load();
            if (Arrays.stream(flyway.info().all())
                    .anyMatch(migration -> migration.getState().isFailed())) {
                flyway.repair(); // where DDL is not transactional, an attempt that failed is remembered and blocks
                // the next
            }
            return flyway.migrate().migrationsExecuted;
        } catch (FlywayException failure) {
            throw new SqlFailedException("""
                    Shard %s could not be migrated%s: %s. The failed migration was rolled back where the database \
                    can; no token was handed out. Mend the cause and repeat.""".formatted(shard.name(), by, reason(failure)), failure);
        }
    }

    /** Of the SQL that failed, or else what Flyway says, on one line. */
    private static String reason(FlywayException failure) {
        String text = String.valueOf(failure.getMessage()).strip();
        Optional<SQLException> sql = Stream.iterate((Throwable) failure, cause -> cause != null, Throwable::getCause)
                .filter(SQLException.class::isInstance)
                .map(SQLException.class::cast)
                .findFirst();
        String reason = sql.map(
                        cause -> firstLine(text) + line(text) + ": " + firstLine(String.valueOf(cause.getMessage())))
                .orElseGet(() -> text.lines()
                        .map(String::strip)
                        .limit(LINES_SHOWN)
                        .collect(Collectors.joining(", "))
                        .replace(":,", ":"));
        return reason.replaceAll("(; SQL statement)?[.:;]+$", "");
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse("no reason given");
    }

    private static String line(String text) {
        Matcher line = SCRIPT_LINE.matcher(text);
        return line.find() ? ", line " + line.group(1) : "";
    }
}
