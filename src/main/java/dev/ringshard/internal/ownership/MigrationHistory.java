package dev.ringshard.internal.ownership;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.inline;
import static org.jooq.impl.DSL.quotedName;
import static org.jooq.impl.DSL.unquotedName;

import dev.ringshard.internal.shard.Dialect;
import java.util.List;
import java.util.Optional;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Name;
import org.jooq.Record2;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;

/**
 * Where Flyway remembers which migrations of some tables ran.
 *
 * @param tables which tables, for messages
 * @param isBesideOurs whether it is in the schema {@code ringshard}, or else in that of the connection
 * @param table the name of the history, which is quoted
 */
public record MigrationHistory(String tables, boolean isBesideOurs, String table) {
    private static final String NONE = "none";

    /** Of Ringshard's own tables. */
    public static final MigrationHistory OURS = besideOurs("Ringshard's tables", "schema_history");

    /** In the schema {@code ringshard}, where no other Flyway meets it. */
    public static MigrationHistory besideOurs(String tables, String table) {
        return new MigrationHistory(tables, true, table);
    }

    /** Of an application's own tables, where its own Flyway has it. */
    public static MigrationHistory ofApplication(String table) {
        return new MigrationHistory("the tables by tables.migrations", false, table);
    }

    /** The newest migration that succeeded; {@code none} if none ever did. Runs in the caller's transaction. */
    public String version(DSLContext dsl) {
        return newestFirst(dsl, 1).stream().map(Record2::value1).findFirst().orElse(NONE);
    }

    /**
     * The newest migration that succeeded, and the newest whose description does not begin with a word; {@code none} if there is none.
     *
     * @param word in small letters
     */
    SchemaVersion version(DSLContext dsl, String word) {
        List<Record2<String, String>> all = newestFirst(dsl, Integer.MAX_VALUE);
        return new SchemaVersion(
                all.stream().map(Record2::value1).findFirst().orElse(NONE),
                all.stream()
                        .filter(migration -> !migration.value2().startsWith(word))
                        .map(Record2::value1)
                        .findFirst()
                        .orElse(NONE));
    }

    /**
     * The version with which the history was begun on a database that had tables already; empty if it was not begun so. Runs in the
     * caller's transaction.
     */
    public Optional<String> baseline(DSLContext dsl) {
        if (version(dsl).equals(NONE)) {
            return Optional.empty();
        }
        Field<String> version = field(quotedName("version"), SQLDataType.VARCHAR);
        return dsl.select(version)
                .from(DSL.table(name()))
                .where(field(quotedName("type"), SQLDataType.VARCHAR).eq("BASELINE"))
                .and(version.ne("0")) // that of a database that had nothing
                .limit(1)
                .fetchOptional(version);
    }

    private Name name() {
        return isBesideOurs ? DSL.name(unquotedName(SchemaHistory.SCHEMA), quotedName(table)) : quotedName(table);
    }

    private List<Record2<String, String>> newestFirst(DSLContext dsl, int most) {
        Field<String> schema = isBesideOurs ? inline(SchemaHistory.SCHEMA) : field("current_schema", String.class);
        if (!Dialect.of(dsl).catalog().hasTable(dsl, schema, table)) {
            return List.of();
        }
        Field<Integer> rank = field(quotedName("installed_rank"), SQLDataType.INTEGER);
        Field<String> version = field(quotedName("version"), SQLDataType.VARCHAR);
        return dsl.select(version, field(quotedName("description"), SQLDataType.VARCHAR))
                .from(DSL.table(name()))
                .where(field(quotedName("success"), SQLDataType.BOOLEAN).isTrue())
                .and(version.isNotNull()) // a repeatable migration has none
                .orderBy(rank.desc())
                .limit(most)
                .fetch();
    }
}
