package dev.ringshard.internal.schema;

import dev.ringshard.config.ShardedTable;
import dev.ringshard.config.TablesConfig;
import dev.ringshard.failure.SqlFailedException;
import dev.ringshard.internal.ownership.MembershipState;
import dev.ringshard.internal.ownership.MembershipTable;
import dev.ringshard.internal.ownership.MigrationHistory;
import dev.ringshard.internal.ownership.SchemaHistory;
import dev.ringshard.internal.shard.FailureKind;
import dev.ringshard.internal.shard.Shard;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.CoreErrorCode;
import org.flywaydb.core.api.ErrorCode;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationInfoService;
import org.flywaydb.core.api.MigrationVersion;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.flywaydb.core.api.migration.JavaMigration;

/**
 * Migrations by Flyway: Ringshard's own, those of applications that come with it, and those of the application's tables.
 * What comes with Ringshard has its histories in the schema {@code ringshard}, so that an application's own Flyway never
 * meets them; the application's have theirs where its own Flyway has it.
 *
 * <p>What a database holds already stays. Several runs at once take turns: on PostgreSQL by a lock that Flyway takes in the
 * database, on H2, which is open in one process at a time, by the one here.
 */
public final class Migrations {
    private static final List<String> OURS = List.of(
            "dev/ringshard/migrations/ringshard/common/V1__ownership.sql",
            "dev/ringshard/migrations/ringshard/%s/V2__fence.sql");
    private static final Pattern SCRIPT_LINE = Pattern.compile("(?m)^Line +: (\\d+)");

    private static final int LINES_SHOWN = 4;

    /** Of PostgreSQL, where a migration is one transaction. */
    private static final String DEADLOCK = "40P01";

    private static final int MOST_DEADLOCKS = 5;

    /** What a repair would bless, or forget: what is forgotten runs again once it is back. */
    private static final Set<ErrorCode> EDITED = Set.of(
            CoreErrorCode.CHECKSUM_MISMATCH,
            CoreErrorCode.TYPE_MISMATCH,
            CoreErrorCode.DESCRIPTION_MISMATCH,
            CoreErrorCode.APPLIED_VERSIONED_MIGRATION_NOT_RESOLVED,
            CoreErrorCode.APPLIED_REPEATABLE_MIGRATION_NOT_RESOLVED);

    private Migrations() {}

    /**
     * Brings a database to the newest version of Ringshard's own tables. Repeating it changes nothing.
     *
     * @return how many migrations ran
     * @throws SqlFailedException if one failed
     */
    public static int migrate(Shard shard) {
        List<ScriptMigration> scripts = scripts(shard, OURS);
        return isNewest(shard, scripts, MigrationHistory.OURS)
                ? 0
                : run(shard, "", "", shipped(shard, scripts, MigrationHistory.OURS));
    }

    /**
     * Brings a database that has Ringshard's own tables to the newest version of those of an application that comes with it.
     *
     * @return how many migrations ran
     * @throws SqlFailedException if one failed
     */
    public static int migrate(Shard shard, ShippedMigrations migrations) {
        List<ScriptMigration> scripts = scripts(shard, migrations.scripts());
        if (isNewest(shard, scripts, migrations.history())) {
            return 0;
        }
        String schema = schema(shard, migrations.schema());
        return run(
                shard,
                " for " + migrations.application(),
                " " + migrations.besideOthers(),
                shipped(shard, scripts, migrations.history()).callbacks(new MigrationConnections(Optional.of(schema))));
    }

    /** The schema that the tables are in, which is created where it is their own. */
    private static String schema(Shard shard, Optional<String> own) {
        return shard.transaction(creating -> {
            if (own.isPresent()) {
                creating.dsl().execute("CREATE SCHEMA IF NOT EXISTS " + own.get());
                return shard.dialect().folded(own.get());
            }
            return Objects.requireNonNull(creating.connection().getSchema());
        });
    }

    private static List<ScriptMigration> scripts(Shard shard, List<String> resources) {
        return resources.stream()
                .map(resource ->
                        ScriptMigration.of(resource.formatted(shard.dialect().migrations())))
                .toList();
    }

    /** What is so nearly always, also where a newer version of Ringshard has migrated it: then there is nothing for Flyway to look at. */
    private static boolean isNewest(Shard shard, List<ScriptMigration> scripts, MigrationHistory history) {
        MigrationVersion newest = scripts.get(scripts.size() - 1).getVersion();
        String there = Objects.requireNonNull(shard.snapshot(reading -> history.version(reading.dsl())));
        return !there.equals("none") && MigrationVersion.fromVersion(there).compareTo(newest) >= 0;
    }

    private static FluentConfiguration shipped(Shard shard, List<ScriptMigration> scripts, MigrationHistory history) {
        String schema = shard.dialect().folded(SchemaHistory.SCHEMA);
        return Flyway.configure(Migrations.class.getClassLoader())
                .locations(new String[0])
                .javaMigrations(scripts.toArray(JavaMigration[]::new))
                .table(history.table())
                .schemas(schema)
                .defaultSchema(schema);
    }

    /**
     * Brings a database that has Ringshard's own tables to the newest version of the application's. Repeating it runs what
     * is new.
     *
     * @param shipped those whose tables may be in the way
     * @return how many migrations ran
     * @throws SqlFailedException if one failed, or one that ran before is not there any more or was changed
     */
    public static int migrate(Shard shard, TablesConfig tables, List<ShippedMigrations> shipped) {
        if (tables.migrations().isEmpty()) {
            return 0;
        }
        try {
            return run(shard, " by tables.migrations", "", ofApplication(shard, tables));
        } catch (SqlFailedException failure) {
            String made = shipped.stream().map(Migrations::made).collect(Collectors.joining());
            throw FailureKind.isTableThere(failure) && !made.isEmpty() && !isMember(shard)
                    ? new SqlFailedException(failure.getMessage() + made, failure)
                    : failure;
        }
    }

    /** Whose tables hold what the cluster has stored. */
    private static boolean isMember(Shard shard) {
        return shard.snapshot(reading -> MembershipTable.find(reading.dsl())
                .filter(member -> member.state() == MembershipState.MEMBER)
                .isPresent());
    }

    private static String made(ShippedMigrations shipped) {
        return " Tables of %s were made here before them: %s. %s Then drop what was made, once you have seen that it is empty."
                .formatted(
                        shipped.application(),
                        shipped.tables().stream().map(ShardedTable::name).collect(Collectors.joining(", ")),
                        shipped.besideOthers());
    }

    /** Whether all migrations of the application have run, so that its tables are what they will be. */
    static boolean areDone(Shard shard, TablesConfig tables) {
        try {
            MigrationInfoService found = ofApplication(shard, tables)
                    .dataSource(shard.dataSource())
                    .load()
                    .info();
            return found.applied().length > 0 && found.pending().length == 0;
        } catch (FlywayException unreadable) {
            return false; // init says why
        }
    }

    /** Whether the application's migrations begin at or before a version, and so may make what was there then. */
    static boolean reachBackTo(Shard shard, TablesConfig tables, String version) {
        MigrationVersion begin = MigrationVersion.fromVersion(version);
        return Arrays.stream(ofApplication(shard, tables)
                        .dataSource(shard.dataSource())
                        .load()
                        .info()
                        .all())
                .map(MigrationInfo::getVersion)
                .anyMatch(each -> each != null && each.compareTo(begin) <= 0);
    }

    private static FluentConfiguration ofApplication(Shard shard, TablesConfig tables) {
        return Flyway.configure() // which finds classpath: where the application's thread does
                .locations(tables.migrations(shard.dialect().migrations()).toArray(String[]::new))
                .table(tables.historyTable())
                .callbacks(new MigrationConnections(Optional.empty()));
    }

    private static synchronized int run(Shard shard, String by, String advice, FluentConfiguration configuration) {
        try {
            Flyway flyway = configuration
                    .dataSource(shard.dataSource())
                    .baselineOnMigrate(true)
                    .baselineVersion("0")
                    .failOnMissingLocations(true)
                    .load();
            if (Arrays.stream(flyway.info().all())
                    .anyMatch(migration -> migration.getState().isFailed())) {
                repair(shard, by, flyway);
            }
            return migrate(flyway, configuration.getJavaMigrations().length > 0 ? MOST_DEADLOCKS : 0);
        } catch (FlywayException failure) {
            throw new SqlFailedException("""
                    Shard %s could not be migrated%s: %s. The failed migration was rolled back where the database \
                    can; no token was handed out. Mend the cause and repeat.%s""".formatted(shard.name(), by, reason(failure), advice), failure);
        }
    }

    /** Of migrations that come with Ringshard: a router that reads some of their tables meanwhile may meet one that changes them. */
    private static int migrate(Flyway flyway, int deadlocksLeft) {
        try {
            return flyway.migrate().migrationsExecuted;
        } catch (FlywayException failure) {
            if (deadlocksLeft == 0
                    || sql(failure)
                            .filter(one -> DEADLOCK.equals(one.getSQLState()))
                            .isEmpty()) {
                throw failure;
            }
            return migrate(flyway, deadlocksLeft - 1);
        }
    }

    private static Optional<SQLException> sql(FlywayException failure) {
        return Stream.iterate((Throwable) failure, cause -> cause != null, Throwable::getCause)
                .filter(SQLException.class::isInstance)
                .map(SQLException.class::cast)
                .findFirst();
    }

    /**
     * Where DDL is not transactional, an attempt that failed is remembered and blocks the next. Repairing would also take what
     * was changed since for what ran, and forget what is missing.
     */
    private static void repair(Shard shard, String by, Flyway flyway) {
        List<String> edited = flyway.validateWithResult().invalidMigrations.stream()
                .filter(invalid -> EDITED.contains(invalid.errorDetails.errorCode))
                .map(invalid -> invalid.version)
                .toList();
        if (!edited.isEmpty()) {
            throw new SqlFailedException("""
                    Shard %s could not be migrated%s: the migrations %s have been changed since they ran, or are missing. Nothing was done; no \
                    token was handed out. Put them back as they were, and what is to change into a new one.""".formatted(shard.name(), by, String.join(", ", edited)));
        }
        flyway.repair();
    }

    /** Of the SQL that failed, or else what Flyway says, on one line. */
    private static String reason(FlywayException failure) {
        String text = String.valueOf(failure.getMessage()).strip();
        String reason = sql(failure)
                .map(cause -> firstLine(text) + line(text) + ": " + firstLine(String.valueOf(cause.getMessage())))
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
