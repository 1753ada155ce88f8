package dev.ringshard.schema;

import dev.ringshard.failure.SqlFailedException;
import dev.ringshard.shard.Shard;
import java.util.Arrays;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/** The library's own migrations: {@code migrations/common}, and those of the shard's kind of database. */
public final class Migrations {
    static final String HISTORY_TABLE = "ringshard_schema_history";
    private static final String ROOT = "classpath:dev/ringshard/migrations/";

    private Migrations() {}

    /**
     * Brings a database to the newest version. What it holds already stays; on a database with tables of its own only
     * Ringshard's are added. Repeating it changes nothing. Several at once take turns: on PostgreSQL by a lock that Flyway
     * takes in the database, on H2, which is open in one process at a time, by the one here.
     *
     * @return how many migrations ran
     * @throws SqlFailedException if one failed
     */
    public static synchronized int migrate(Shard shard) {
        try {
            Flyway flyway = flyway(shard);
            if (Arrays.stream(flyway.info().all())
                    .anyMatch(migration -> migration.getState().isFailed())) {
                flyway.repair(); // where DDL is not transactional, an attempt that failed is remembered and blocks
                // the next
            }
            return flyway.migrate().migrationsExecuted;
        } catch (FlywayException failure) {
            throw new SqlFailedException("""
                    Shard %s could not be migrated: %s. The failed migration was rolled back where the database \
                    can; no token was handed out. Mend the cause and repeat.""".formatted(shard.name(), firstLine(failure)), failure);
        }
    }

    private static Flyway flyway(Shard shard) {
        return Flyway.configure(Migrations.class.getClassLoader())
                .dataSource(shard.dataSource())
                .locations(ROOT + "common", ROOT + shard.dialect().migrations())
                .table(HISTORY_TABLE)
                .baselineOnMigrate(true)
                .baselineVersion("0")
                .failOnMissingLocations(true)
                .load();
    }

    private static String firstLine(FlywayException failure) {
        return String.valueOf(failure.getMessage())
                .strip()
                .lines()
                .findFirst()
                .orElse("no reason given")
                .replaceAll("[.:]+$", "");
    }
}
