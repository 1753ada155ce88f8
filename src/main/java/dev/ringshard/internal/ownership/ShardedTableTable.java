package dev.ringshard.internal.ownership;

import static dev.ringshard.generated.ringshard.Tables.SHARDED_TABLE;

import dev.ringshard.config.ShardedTable;
import dev.ringshard.internal.shard.Dialect;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jooq.DSLContext;

/** The SQL of {@code ringshard.sharded_table}. Every method runs in the caller's transaction. */
public final class ShardedTableTable {
    /** On H2, the position of the column that holds a row's token. Two parameters: a table's schema and its name. */
    public static final String TOKEN_POSITION = """
            SELECT c.ordinal_position FROM information_schema.columns c
            JOIN ringshard.sharded_table s ON s.schema_name = c.table_schema AND s.table_name = c.table_name
                AND s.token_column = c.column_name
            WHERE c.table_schema = ? AND c.table_name = ?""";

    private ShardedTableTable() {}

    /**
     * A sharded table that is fenced, in the case of letters in which its database keeps names.
     *
     * @param token the column that holds a row's token; on PostgreSQL the key's, where the token is computed from it
     */
    public record FencedTable(String schema, String table, Optional<String> key, String token) {
        /**
         * Whether a table as it is declared takes the tokens of its rows from the column that it is fenced by. If not, rows would
         * move by another key than the one by which they are written and found.
         */
        public boolean isByColumnOf(ShardedTable table, Dialect dialect) {
            return dialect.folded(dialect.fencing().fencedColumn(table)).equals(token)
                    && (table.token().isPresent()
                            || table.key().map(dialect::folded).equals(key));
        }

        /** As it would be declared. */
        public ShardedTable declared() {
            return ShardedTable.byToken(
                    (schema + "." + table).toLowerCase(Locale.ROOT), token.toLowerCase(Locale.ROOT));
        }

        /** As {@code ringshard.change} calls it. */
        public String logged() {
            return schema + "." + table;
        }
    }

    /** The columns by which the fence logs the rows of the tables that are named here, as {@link FencedTable#logged} names them. */
    public static Map<String, List<String>> rowKeys(DSLContext dsl) {
        return dsl.selectFrom(SHARDED_TABLE).where(SHARDED_TABLE.ROW_KEY.isNotNull()).fetch().stream()
                .collect(Collectors.toMap(
                        row -> row.getSchemaName() + "." + row.getTableName(), row -> List.of(row.getRowKey())));
    }

    /** What is recorded of one; empty if it is not fenced. */
    public static Optional<FencedTable> find(DSLContext dsl, String schema, String table) {
        return all(dsl).stream()
                .filter(fenced ->
                        fenced.schema().equals(schema) && fenced.table().equals(table))
                .findFirst();
    }

    /** All that are fenced, in the order of their names. */
    public static List<FencedTable> all(DSLContext dsl) {
        return dsl.selectFrom(SHARDED_TABLE)
                .orderBy(SHARDED_TABLE.SCHEMA_NAME, SHARDED_TABLE.TABLE_NAME)
                .fetch(row -> new FencedTable(
                        row.getSchemaName(),
                        row.getTableName(),
                        Optional.ofNullable(row.getKeyColumn()),
                        row.getTokenColumn()));
    }

    /** Records that a table is fenced, in place of what was recorded of it. Of two that do so at once on H2, one may fail as a duplicate. */
    public static void put(DSLContext dsl, FencedTable table) {
        dsl.insertInto(SHARDED_TABLE)
                .set(SHARDED_TABLE.SCHEMA_NAME, table.schema())
                .set(SHARDED_TABLE.TABLE_NAME, table.table())
                .set(SHARDED_TABLE.KEY_COLUMN, table.key().orElse(null))
                .set(SHARDED_TABLE.TOKEN_COLUMN, table.token())
                .onDuplicateKeyUpdate()
                .set(SHARDED_TABLE.KEY_COLUMN, table.key().orElse(null))
                .set(SHARDED_TABLE.TOKEN_COLUMN, table.token())
                .execute();
    }
}
