package dev.ringshard.ownership;

import static dev.ringshard.generated.ringshard.Tables.DEPARTED_RANGE;
import static dev.ringshard.generated.ringshard.Tables.HANDOVER;
import static dev.ringshard.generated.ringshard.Tables.INCOMING_RANGE;
import static dev.ringshard.generated.ringshard.Tables.MEMBERSHIP;
import static dev.ringshard.generated.ringshard.Tables.OWNED_RANGE;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.inline;
import static org.jooq.impl.DSL.lower;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.noCondition;
import static org.jooq.impl.DSL.quotedName;
import static org.jooq.impl.DSL.selectCount;
import static org.jooq.impl.DSL.selectOne;
import static org.jooq.impl.DSL.table;

import dev.ringshard.failure.CorruptionException;
import dev.ringshard.failure.ForeignShardException;
import dev.ringshard.ownership.Membership.Standing;
import dev.ringshard.ring.TokenRange;
import dev.ringshard.shard.Shard;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Name;
import org.jooq.Query;
import org.jooq.Record;
import org.jooq.SQLDialect;
import org.jooq.SelectConditionStep;
import org.jooq.impl.SQLDataType;

/** The SQL of the tables in the schema {@code ringshard}. Every method runs in the caller's transaction. */
public final class OwnershipTables {
    /** Where Flyway remembers which migrations of Ringshard's own ran; the name is quoted. */
    public static final String SCHEMA_HISTORY = "ringshard_schema_history";

    /** Where Flyway remembers which migrations of the application's tables ran; the name is quoted. */
    public static final String TABLES_HISTORY = "ringshard_tables_history";

    private static final String BEFORE_HOLDING = "ringshard_before_holding";

    private OwnershipTables() {}

    /** What the shard says of itself, in one snapshot. */
    public static ShardReport report(Shard shard) {
        return shard.snapshot(transaction -> report(transaction.dsl()));
    }

    /** As {@link #report(Shard)}, in the caller's snapshot. */
    public static ShardReport report(DSLContext dsl) {
        if (!isMigrated(dsl)) {
            return ShardReport.NEW;
        }
        return new ShardReport(membership(dsl), owned(dsl), leftovers(dsl), Optional.of(schemaVersion(dsl)));
    }

    /** As {@link #report(Shard)} of a shard that has been migrated: who it says it is, and what it owns, and no more. */
    public static ShardReport claims(Shard member) {
        return member.snapshot(transaction -> {
            DSLContext dsl = transaction.dsl();
            return new ShardReport(membership(dsl), owned(dsl), 0, Optional.empty());
        });
    }

    /**
     * Whether the schema {@code ringshard} is there at all. Asks for the last table of its first migration: on H2 they become
     * visible one by one, while another process creates them.
     */
    public static boolean isMigrated(DSLContext dsl) {
        return isThere(dsl, inline("ringshard"), "handover_history");
    }

    /** Also where the database user may not read the table: information_schema would hide it, as if it were not there. */
    private static boolean isThere(DSLContext dsl, Field<String> schema, String table) {
        boolean isPostgres = dsl.dialect().family() == SQLDialect.POSTGRES;
        Name tables = isPostgres ? name("pg_catalog", "pg_tables") : name("information_schema", "tables");
        Field<String> schemaName = field(name(isPostgres ? "schemaname" : "table_schema"), String.class);
        Field<String> tableName = field(name(isPostgres ? "tablename" : "table_name"), String.class);
        return dsl.fetchExists(selectOne()
                .from(table(tables))
                .where(lower(schemaName).eq(lower(schema)))
                .and(lower(tableName).eq(table)));
    }

    /** Who the shard says it is; empty if it has not been founded. */
    public static Optional<Membership> membership(DSLContext dsl) {
        return dsl.selectFrom(MEMBERSHIP).fetchOptional().map(OwnershipTables::toMembership);
    }

    /** The shards that this one knows by name: the founders of its cluster, and all that rows of it ever went to. */
    public static Set<String> acquaintances(DSLContext dsl) {
        Set<String> known = new TreeSet<>(HandoverHistory.formerTargets(dsl));
        HandoverSource.committed(dsl).forEach(away -> known.add(away.target()));
        membership(dsl).ifPresent(member -> known.addAll(member.founders()));
        return known;
    }

    /** As {@link #membership}, holding the row until the transaction ends. */
    public static Optional<Membership> lockMembership(DSLContext dsl) {
        return dsl.selectFrom(MEMBERSHIP).forUpdate().fetchOptional().map(OwnershipTables::toMembership);
    }

    private static Membership toMembership(Record row) {
        return new Membership(
                row.get(MEMBERSHIP.CLUSTER_ID),
                row.get(MEMBERSHIP.SHARD_NAME),
                row.get(MEMBERSHIP.HASH_NAME),
                row.get(MEMBERSHIP.HASH_PROBE),
                row.get(MEMBERSHIP.DATABASE_ID),
                row.get(MEMBERSHIP.FOUNDING),
                Optional.ofNullable(row.get(MEMBERSHIP.ROSTER)),
                Standing.valueOf(row.get(MEMBERSHIP.STANDING).toUpperCase(Locale.ROOT)));
    }

    /** Stores who the shard is from now on; fails on the primary key if it is somebody already. */
    public static void insertMembership(DSLContext dsl, Membership membership) {
        dsl.insertInto(MEMBERSHIP)
                .set(MEMBERSHIP.CLUSTER_ID, membership.cluster())
                .set(MEMBERSHIP.SHARD_NAME, membership.shard())
                .set(MEMBERSHIP.HASH_NAME, membership.hashName())
                .set(MEMBERSHIP.HASH_PROBE, membership.hashProbe())
                .set(MEMBERSHIP.DATABASE_ID, membership.databaseId())
                .set(MEMBERSHIP.FOUNDING, membership.founding())
                .set(MEMBERSHIP.ROSTER, membership.roster().orElse(null))
                .set(MEMBERSHIP.STANDING, stored(membership.standing()))
                .execute();
    }

    /** Stores which databases the cluster is founded on. */
    public static void storeRoster(DSLContext dsl, String roster) {
        dsl.update(MEMBERSHIP).set(MEMBERSHIP.ROSTER, roster).execute();
    }

    /** Gives a founder its first ranges, and makes it a member. */
    public static void handOut(DSLContext dsl, List<TokenRange> ranges) {
        if (dsl.fetchExists(OWNED_RANGE)) {
            throw new CorruptionException("A shard that has not been given its first ranges owns some already."
                    + " Nothing was written. Stop: somebody has changed the schema ringshard by hand.");
        }
        dsl.batch(Stripes.cut(ranges).stream()
                        .map(range -> insertOwned(dsl, range, 1))
                        .toList())
                .execute();
        dsl.update(MEMBERSHIP).set(MEMBERSHIP.STANDING, stored(Standing.MEMBER)).execute();
    }

    static Query insertOwned(DSLContext dsl, TokenRange range, long epoch) {
        return dsl.insertInto(OWNED_RANGE)
                .set(OWNED_RANGE.FIRST_TOKEN, range.first())
                .set(OWNED_RANGE.LAST_TOKEN, range.last())
                .set(OWNED_RANGE.EPOCH, epoch);
    }

    private static String stored(Standing standing) {
        return standing.name().toLowerCase(Locale.ROOT);
    }

    /** The ranges that the shard owns, ascending. */
    public static List<OwnedRange> owned(DSLContext dsl) {
        return ownedQuery(dsl).orderBy(OWNED_RANGE.FIRST_TOKEN).fetch(OwnershipTables::toOwned);
    }

    /** Whether the database user may change who owns what, as a mover must. */
    public static boolean mayChangeOwnership(DSLContext dsl) {
        return switch (dsl.dialect().family()) {
            case POSTGRES ->
                dsl.fetchSingle("SELECT has_table_privilege('ringshard.owned_range', 'UPDATE')")
                        .get(0, Boolean.class);
            default -> true;
        };
    }

    /**
     * As {@link #owned}, keeping movers off all of them until {@link #letGo} or the transaction's end. Writers pass on
     * PostgreSQL; on H2, which has no shared row locks, they wait. On PostgreSQL a function does it, with the right to
     * lock rows that the database user lacks.
     */
    public static List<OwnedRange> holdOwned(DSLContext dsl) {
        dsl.execute("SAVEPOINT " + BEFORE_HOLDING);
        return switch (dsl.dialect().family()) {
            case POSTGRES ->
                dsl.fetch("SELECT first_token, last_token, epoch FROM ringshard.hold_owned()")
                        .into(OWNED_RANGE)
                        .map(OwnershipTables::toOwned);
            default ->
                ownedQuery(dsl).orderBy(OWNED_RANGE.FIRST_TOKEN).forUpdate().fetch(OwnershipTables::toOwned);
        };
    }

    /** Ends {@link #holdOwned}; the transaction keeps its snapshot. */
    public static void letGo(DSLContext dsl) {
        dsl.execute("ROLLBACK TO SAVEPOINT " + BEFORE_HOLDING);
    }

    private static SelectConditionStep<? extends Record> ownedQuery(DSLContext dsl) {
        return dsl.select(OWNED_RANGE.FIRST_TOKEN, OWNED_RANGE.LAST_TOKEN, OWNED_RANGE.EPOCH)
                .from(OWNED_RANGE)
                .where(noCondition());
    }

    private static OwnedRange toOwned(Record row) {
        return new OwnedRange(
                new TokenRange(row.get(OWNED_RANGE.FIRST_TOKEN), row.get(OWNED_RANGE.LAST_TOKEN)),
                row.get(OWNED_RANGE.EPOCH));
    }

    private static int leftovers(DSLContext dsl) {
        return dsl.select(selectCount()
                        .from(INCOMING_RANGE)
                        .asField()
                        .plus(selectCount().from(DEPARTED_RANGE).asField())
                        .plus(selectCount().from(HANDOVER).asField()))
                .fetchSingleInto(Integer.class);
    }

    /**
     * Checks that a migrated shard is at the version that this library works with.
     *
     * @throws ForeignShardException if it is not
     */
    public static void verifySchemaVersion(DSLContext dsl, String shard) {
        String version = schemaVersion(dsl);
        if (!version.equals(Membership.SCHEMA_VERSION)) {
            throw new ForeignShardException("""
                    Shard %s has schema version %s; this version of Ringshard works with %s. It takes no part; \
                    nothing was written. Run init to migrate it, or use the version of Ringshard that fits.""".formatted(shard, version, Membership.SCHEMA_VERSION));
        }
    }

    /** The newest migration of ours that succeeded. */
    public static String schemaVersion(DSLContext dsl) {
        return newest(dsl, SCHEMA_HISTORY);
    }

    /** The newest migration of the application's tables that succeeded; {@code none} if none ever did. */
    public static String tablesVersion(DSLContext dsl) {
        boolean isThere = isThere(dsl, field("current_schema", String.class), TABLES_HISTORY);
        return isThere ? newest(dsl, TABLES_HISTORY) : "none";
    }

    private static String newest(DSLContext dsl, String history) {
        Field<Integer> rank = field(quotedName("installed_rank"), SQLDataType.INTEGER);
        Field<String> version = field(quotedName("version"), SQLDataType.VARCHAR);
        return dsl.select(version)
                .from(table(quotedName(history)))
                .where(field(quotedName("success"), SQLDataType.BOOLEAN).isTrue())
                .and(version.isNotNull()) // a repeatable migration has none
                .orderBy(rank.desc())
                .limit(1)
                .fetchOptional(version)
                .orElse("none");
    }
}
