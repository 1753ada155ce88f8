package dev.ringshard.internal.ownership;

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
        return HandoverHistoryTable.isThere(dsl);
    }
}
