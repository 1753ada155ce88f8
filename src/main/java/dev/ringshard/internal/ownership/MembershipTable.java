package dev.ringshard.internal.ownership;

import static dev.ringshard.generated.ringshard.Tables.MEMBERSHIP;

import dev.ringshard.internal.shard.Dialect;
import dev.ringshard.internal.shard.ServerLog;
import dev.ringshard.ring.KeyType;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.impl.DSL;

/** The SQL of {@code ringshard.membership}, which has one row. Every method runs in the caller's transaction. */
public final class MembershipTable {
    /** The name of the shard that is asked; no row if it has not been founded. */
    public static final String SHARD_NAME = "SELECT shard_name FROM ringshard.membership";

    /** The table's primary key, as an index is built of it. */
    public static final String KEY = "ringshard.membership (singleton)";

    /** By name: what a later version adds is not there before it has migrated the shard, for which it reads this. */
    private static final List<Field<?>> WHO = List.of(
            MEMBERSHIP.CLUSTER_ID,
            MEMBERSHIP.SHARD_NAME,
            MEMBERSHIP.HASH_NAME,
            MEMBERSHIP.HASH_PROBE,
            MEMBERSHIP.KEY_TYPE,
            MEMBERSHIP.DATABASE_ID,
            MEMBERSHIP.FOUNDING,
            MEMBERSHIP.ROSTER,
            MEMBERSHIP.STATE);

    private MembershipTable() {}

    /** Who the shard says it is; empty if it has not been founded. */
    public static Optional<Membership> find(DSLContext dsl) {
        return dsl.select(WHO).from(MEMBERSHIP).fetchOptional().map(MembershipTable::toMembership);
    }

    /** As {@link #find}, holding the row until the transaction ends. */
    public static Optional<Membership> lock(DSLContext dsl) {
        return dsl.select(WHO).from(MEMBERSHIP).forUpdate().fetchOptional().map(MembershipTable::toMembership);
    }

    private static Membership toMembership(Record row) {
        return new Membership(
                row.get(MEMBERSHIP.CLUSTER_ID),
                row.get(MEMBERSHIP.SHARD_NAME),
                row.get(MEMBERSHIP.HASH_NAME),
                row.get(MEMBERSHIP.HASH_PROBE),
                KeyType.valueOf(row.get(MEMBERSHIP.KEY_TYPE).toUpperCase(Locale.ROOT)),
                row.get(MEMBERSHIP.DATABASE_ID),
                row.get(MEMBERSHIP.FOUNDING),
                Optional.ofNullable(row.get(MEMBERSHIP.ROSTER)),
                MembershipState.valueOf(row.get(MEMBERSHIP.STATE).toUpperCase(Locale.ROOT)));
    }

    /** Stores who the shard is from now on; fails on the primary key if it is a shard already. */
    public static void insert(DSLContext dsl, Membership membership) {
        dsl.insertInto(MEMBERSHIP)
                .set(MEMBERSHIP.CLUSTER_ID, membership.cluster())
                .set(MEMBERSHIP.SHARD_NAME, membership.shard())
                .set(MEMBERSHIP.HASH_NAME, membership.hashName())
                .set(MEMBERSHIP.HASH_PROBE, membership.hashProbe())
                .set(MEMBERSHIP.KEY_TYPE, membership.keyType().name().toLowerCase(Locale.ROOT))
                .set(MEMBERSHIP.DATABASE_ID, membership.databaseId())
                .set(MEMBERSHIP.FOUNDING, membership.founding())
                .set(MEMBERSHIP.ROSTER, membership.roster().orElse(null))
                .set(MEMBERSHIP.STATE, stored(membership.state()))
                .set(MEMBERSHIP.INCARNATION, incarnation(dsl))
                .execute();
    }

    /**
     * Which database the shard is.
     *
     * @param compared the line of its server's log when it was last compared with all other shards
     * @param log of its server now
     * @param isRestored whether what it says of itself came out of a dump since
     */
    public record Incarnation(String compared, ServerLog log, boolean isRestored) {
        /** Whether it is the database that it was, unless older files were put back under its server. */
        public boolean isKnown() {
            return compared.equals(log.line()) && !isRestored;
        }
    }

    /** Which database a member is. */
    public static Incarnation incarnationOf(DSLContext dsl) {
        return dsl.select(
                        MEMBERSHIP.INCARNATION,
                        incarnation(dsl),
                        LogPositionTable.position(dsl),
                        MEMBERSHIP.IS_RESTORED)
                .from(MEMBERSHIP)
                .fetchSingle(
                        row -> new Incarnation(row.value1(), new ServerLog(row.value2(), row.value3()), row.value4()));
    }

    /** Stores that the shard was compared with all others. */
    public static void storeIncarnation(DSLContext dsl) {
        if (incarnationOf(dsl).isRestored()) {
            acceptRestored(dsl);
        }
        dsl.update(MEMBERSHIP).set(MEMBERSHIP.INCARNATION, incarnation(dsl)).execute();
    }

    /**
     * Has what came out of a dump count again, as all others were asked and nothing contradicts it. Every user of Ringshard's may; of a
     * shard that {@linkplain Incarnation#isRestored says} it was restored.
     */
    public static void acceptRestored(DSLContext dsl) {
        dsl.execute("SELECT ringshard.accept_restored()");
    }

    static Field<String> incarnation(DSLContext dsl) {
        return DSL.field(Dialect.of(dsl).incarnation(), String.class);
    }

    /** Stores which databases the cluster is founded on. */
    public static void storeRoster(DSLContext dsl, String roster) {
        dsl.update(MEMBERSHIP).set(MEMBERSHIP.ROSTER, roster).execute();
    }

    /** Makes a founder a member. */
    public static void becomeMember(DSLContext dsl) {
        dsl.update(MEMBERSHIP)
                .set(MEMBERSHIP.STATE, stored(MembershipState.MEMBER))
                .execute();
    }

    private static String stored(MembershipState state) {
        return state.name().toLowerCase(Locale.ROOT);
    }
}
