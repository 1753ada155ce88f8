package dev.ringshard.internal.ownership;

import dev.ringshard.failure.ForeignShardException;
import org.jooq.DSLContext;

/**
 * Which version the schema {@code ringshard} of a shard has. A migration whose description begins with {@value #ADDITIVE} adds what
 * the version of Ringshard before it needs not know, so that its processes work on beside the next one's.
 *
 * @param newest the number of the newest migration that succeeded
 * @param needed the number of the newest that is not additive: who works with the shard has to know it
 */
public record SchemaVersion(String newest, String needed) {
    /** What the descriptions of additive migrations begin with. */
    public static final String ADDITIVE = "additive";

    /** Of a shard that is migrated; runs in the caller's transaction. */
    public static SchemaVersion of(DSLContext dsl) {
        return MigrationHistory.OURS.version(dsl, ADDITIVE);
    }

    /** Whether it lacks what this version of Ringshard works with, until init has migrated it. */
    boolean isOlder() {
        return number(newest) < Integer.parseInt(Membership.SCHEMA_VERSION);
    }

    /**
     * Checks that this version of Ringshard works with it.
     *
     * @throws ForeignShardException if it does not
     */
    public void requireOurs(String shard) {
        int ours = Integer.parseInt(Membership.SCHEMA_VERSION);
        if (isOlder()) {
            throw new ForeignShardException("""
                    Shard %s has schema version %s; this version of Ringshard works with %d. It takes no part; \
                    nothing was written. Run init to migrate it, or use the version of Ringshard that fits.""".formatted(shard, newest, ours));
        }
        requireNotNewer(shard);
    }

    /**
     * Checks that this version of Ringshard may work with it, or migrate it.
     *
     * @throws ForeignShardException if a newer version has migrated it, and left nothing to this one
     */
    public void requireNotNewer(String shard) {
        int ours = Integer.parseInt(Membership.SCHEMA_VERSION);
        if (number(needed) > ours) {
            throw new ForeignShardException("""
                    Shard %s has schema version %s, for which a newer version of Ringshard is needed than this one, which works with %d. It \
                    takes no part; nothing was written. Use the version that has migrated it.""".formatted(shard, newest, ours));
        }
    }

    private static int number(String version) {
        return version.equals("none") ? 0 : Integer.parseInt(version);
    }
}
