package dev.ringshard.internal.ownership;

import static org.jooq.impl.DSL.inline;

import dev.ringshard.failure.ForeignShardException;
import dev.ringshard.internal.shard.Dialect;
import org.jooq.DSLContext;

/** Which of Ringshard's own migrations a shard has seen. Every method runs in the caller's transaction. */
public final class SchemaHistory {
    /** The schema of Ringshard's own tables. */
    public static final String SCHEMA = "ringshard";

    private SchemaHistory() {}

    /**
     * Whether the schema {@code ringshard} is there at all. Asks for the last table of its first migration: on H2 they become
     * visible one by one, while another process creates them.
     */
    public static boolean isMigrated(DSLContext dsl) {
        return Dialect.of(dsl).hasTable(dsl, inline(SCHEMA), "handover_history");
    }

    /**
     * Checks that a migrated shard is at the version that this library works with.
     *
     * @throws ForeignShardException if it is not
     */
    public static void requireOurs(DSLContext dsl, String shard) {
        requireOurs(version(dsl), shard);
    }

    /** As {@link #requireOurs(DSLContext, String)}, of a version that was read. */
    static void requireOurs(String version, String shard) {
        if (!version.equals(Membership.SCHEMA_VERSION)) {
            throw new ForeignShardException("""
                    Shard %s has schema version %s; this version of Ringshard works with %s. It takes no part; \
                    nothing was written. Run init to migrate it, or use the version of Ringshard that fits.""".formatted(shard, version, Membership.SCHEMA_VERSION));
        }
    }

    /** The newest migration of ours that succeeded. */
    public static String version(DSLContext dsl) {
        return MigrationHistory.OURS.version(dsl);
    }
}
