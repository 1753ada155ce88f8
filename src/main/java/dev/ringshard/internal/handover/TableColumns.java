package dev.ringshard.internal.handover;

import dev.ringshard.config.ShardedTable;
import dev.ringshard.failure.ForeignShardException;
import dev.ringshard.internal.shard.Dialect;
import dev.ringshard.internal.shard.ShardTransaction;
import dev.ringshard.ring.TokenRange;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A sharded table with its columns, in one order for all shards.
 *
 * @param token the token of a row, as an SQL expression of its database
 * @param columns those that are copied, without what a database generates; sorted by name, in lower case
 * @param types of the columns, as their database calls them
 * @param isText whether rows are to be copied as text, because their binary form means something in one database only
 * @param row all columns, in the order of their database, in lower case
 * @param computed those that the database computes from others, in lower case; but for names that need quotes
 */
public record TableColumns(
        ShardedTable sharded,
        String token,
        List<String> columns,
        List<String> types,
        boolean isText,
        List<String> row,
        List<String> computed) {

    public TableColumns {
        columns = List.copyOf(columns);
        types = List.copyOf(types);
        row = List.copyOf(row);
        computed = List.copyOf(computed);
        for (String column : columns) {
            if (!ShardedTable.isPlainColumn(column)) {
                throw new ForeignShardException(
                        "The sharded table %s has a column \"%s\", whose name needs quotes. Nothing was moved. Rename it."
                                .formatted(sharded.name(), column));
            }
        }
    }

    /** As the shard has it. */
    public static TableColumns of(ShardTransaction shard, ShardedTable table) throws SQLException {
        Dialect dialect = shard.shard().dialect();
        Set<String> generated = dialect.catalog().generatedColumns(shard.connection(), table.name());
        try (PreparedStatement statement =
                        shard.connection().prepareStatement("SELECT * FROM " + table.name() + " WHERE 1 = 0");
                ResultSet none = statement.executeQuery()) {
            ResultSetMetaData metaData = none.getMetaData();
            SortedMap<String, String> types = new TreeMap<>();
            List<String> row = new ArrayList<>();
            for (int i = 1; i <= metaData.getColumnCount(); i++) {
                String column = metaData.getColumnName(i).toLowerCase(Locale.ROOT);
                row.add(column);
                if (!generated.contains(column)) {
                    types.put(column, metaData.getColumnTypeName(i));
                }
            }
            return new TableColumns(
                    table,
                    dialect.token(table),
                    List.copyOf(types.keySet()),
                    List.copyOf(types.values()),
                    dialect.catalog().hasLocalBinaryForm(shard.connection(), table.name()),
                    row,
                    row.stream()
                            .filter(generated::contains)
                            .filter(ShardedTable::isPlainColumn)
                            .sorted()
                            .toList());
        }
    }

    /** The same rows as texts of what their database computes. */
    TableColumns ofComputed() {
        return new TableColumns(sharded, token, computed, List.of(), true, row, List.of());
    }

    String table() {
        return sharded.name();
    }

    /** Whether another shard's has the same columns that are copied, with types of the same names. */
    boolean isAs(TableColumns there) {
        return columns.equals(there.columns) && types.equals(there.types);
    }

    String list() {
        return String.join(", ", columns);
    }

    String placeholders() {
        return columns.stream().map(column -> "?").collect(Collectors.joining(", "));
    }

    /** The type of a column, as its database calls it. */
    String type(String column) {
        return types.get(columns.indexOf(column));
    }

    /** A condition on the token of a row, by its expression; tokens are numbers, so they can stand in the text. */
    public static String within(String token, List<TokenRange> ranges) {
        return ranges.stream()
                .map(range -> "%s BETWEEN %d AND %d".formatted(token, range.first(), range.last()))
                .collect(Collectors.joining(" OR ", "(", ")"));
    }
}
