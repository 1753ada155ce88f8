package dev.ringshard.internal.fence;

import dev.ringshard.config.ShardedTable;
import org.jooq.DSLContext;

/** The triggers that put the fence on a sharded table. */
public final class TableFence {
    private static final int TRIGGERS = 2;

    private TableFence() {}

    /**
     * Puts the fence on a table, unless it is there and at work: to put it there, everybody's work on the table has to
     * wait. Repeating it changes nothing.
     *
     * @param table has a column {@code ring_token bigint not null}
     */
    public static void put(DSLContext dsl, ShardedTable table) {
        switch (dsl.dialect().family()) {
            case POSTGRES -> {
                if (triggersAtWork(dsl, table) < TRIGGERS) {
                    dsl.execute("SELECT ringshard.fence_table(CAST(? AS regclass))", table.name());
                }
            }
            default ->
                dsl.execute("CREATE TRIGGER IF NOT EXISTS %1$s_ringshard_fence BEFORE INSERT, UPDATE, DELETE ON %1$s"
                                .formatted(table.name())
                        + " FOR EACH ROW CALL '" + H2Fence.class.getName() + "'");
        }
    }

    /** One that was disabled is not at work. */
    private static int triggersAtWork(DSLContext dsl, ShardedTable table) {
        return dsl.fetchSingle("""
                        SELECT count(*) FROM pg_trigger
                        WHERE tgrelid = CAST(? AS regclass)
                          AND tgname IN ('ringshard_fence', 'ringshard_fence_truncate') AND tgenabled IN ('O', 'A')""", table.name()).get(0, Integer.class);
    }
}
