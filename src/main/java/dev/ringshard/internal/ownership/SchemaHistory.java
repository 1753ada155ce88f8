package dev.ringshard.internal.ownership;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.inline;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.quotedName;
import static org.jooq.impl.DSL.table;
import static org.jooq.impl.DSL.unquotedName;

import dev.ringshard.failure.ForeignShardException;
import dev.ringshard.internal.shard.Dialect;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Table;
import org.jooq.impl.SQLDataType;

/** Which migrations a shard has seen, as Flyway remembers it. Every method runs in the caller's transaction. */
public final class SchemaHistory {
    /** The schema of Ringshard's own tables. */
    public static final String SCHEMA = "ringshard";

    /** Where Flyway remembers, in that schema, which migrations of Ringshard's own ran; the name is quoted. */
    public static final String RINGSHARD = "schema_history";

    /** Where Flyway remembers, in that schema, which migrations of the built-in bank ran; the name is quoted. */
    public static final String BANK = "bank_history";

    private SchemaHistory() {}

    /**
     * Whether the schema {@code ringshard} is there at all. Asks for the last table of its first migration: on H2 they become
     * visible one by one, while another process creates them.
     */
    public static boolean isMigrated(DSLContext dsl) {
        return Dialect.of(dsl).hasTable(dsl, inline("ringshard"), "handover_history");
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
        return newest(dsl, table(name(unquotedName(SCHEMA), quotedName(RINGSHARD))));
    }

    /** The newest migration of the bank that succeeded; {@code none} if none ever did. */
    public static String bankVersion(DSLContext dsl) {
        return Dialect.of(dsl).hasTable(dsl, inline(SCHEMA), BANK)
                ? newest(dsl, table(name(unquotedName(SCHEMA), quotedName(BANK))))
                : "none";
    }

    /**
     * The newest migration of the application's tables that succeeded; {@code none} if none ever did.
     *
     * @param historyTable where Flyway remembers them, in the schema of the connection
     */
    public static String tablesVersion(DSLContext dsl, String historyTable) {
        boolean isThere = Dialect.of(dsl).hasTable(dsl, field("current_schema", String.class), historyTable);
        return isThere ? newest(dsl, table(quotedName(historyTable))) : "none";
    }

    private static String newest(DSLContext dsl, Table<?> history) {
        Field<Integer> rank = field(quotedName("installed_rank"), SQLDataType.INTEGER);
        Field<String> version = field(quotedName("version"), SQLDataType.VARCHAR);
        return dsl.select(version)
                .from(history)
                .where(field(quotedName("success"), SQLDataType.BOOLEAN).isTrue())
                .and(version.isNotNull()) // a repeatable migration has none
                .orderBy(rank.desc())
                .limit(1)
                .fetchOptional(version)
                .orElse("none");
    }
}
