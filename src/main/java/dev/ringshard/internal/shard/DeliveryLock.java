package dev.ringshard.internal.shard;

import org.jooq.DSLContext;

/**
 * What keeps messages between keys from being taken on a shard of PostgreSQL's for a moment: an advisory lock, which each transaction that
 * takes one shares until the end of the transaction. On H2 nothing keeps them off.
 */
public final class DeliveryLock {
    /** A number that an application's own advisory locks will hardly have; if one has it, they wait for each other. */
    private static final long NUMBER = 0x72736465_6C697672L;

    /** A condition of PostgreSQL's that is always true, once the lock is shared. */
    public static final String SHARED = "pg_catalog.pg_advisory_xact_lock_shared(%d)::text = ''".formatted(NUMBER);

    private DeliveryLock() {}

    /** Shares it, or waits for the session that has it alone. */
    public static void share(DSLContext dsl) {
        if (Dialect.of(dsl).hasAdvisoryLocks()) {
            dsl.fetch("SELECT 'shared' WHERE " + SHARED);
        }
    }

    /** Waits for all who share it, and has it alone, on PostgreSQL, until the transaction ends. */
    public static void holdAlone(DSLContext dsl) {
        dsl.fetch("SELECT pg_catalog.pg_advisory_xact_lock(%d)::text".formatted(NUMBER));
    }
}
