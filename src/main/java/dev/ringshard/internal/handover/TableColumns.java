package dev.ringshard.internal.handover;

import dev.ringshard.config.ShardedTable;
import dev.ringshard.failure.ForeignShardException;
import dev.ringshard.ring.TokenRange;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A sharded table with its columns, in one order for all shards.
 *
 * @param columns sorted by name, in lower case
 * @param types of the columns, as their database calls them
 */
public record TableColumns(String table, List<String> columns, List<String> types) {

    public TableColumns {
        columns = List.copyOf(columns);
        types = List.copyOf(types);
        for (String column : columns) {
            if (!ShardedTable.isPlainColumn(column)) {
                throw new ForeignShardException(
                        "The sharded table %s has a column \"%s\", whose name needs quotes. Nothing was moved. Rename it."
                                .formatted(table, column));
            }
        }
    }

    static TableColumns of(Connection connection, ShardedTable table) throws SQLException {
        return of(connection, table.name());
    }

    private static TableColumns of(Connection connection, String table) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT * FROM " + table + " WHERE 1 = 0");
                ResultSet none = statement.executeQuery()) {
            ResultSetMetaData metaData = none.getMetaData();
            SortedMap<String, String> types = new TreeMap<>();
            for (int i = 1; i <= metaData.getColumnCount(); i++) {
                types.put(metaData.getColumnName(i).toLowerCase(Locale.ROOT), metaData.getColumnTypeName(i));
            }
            return new TableColumns(table, List.copyOf(types.keySet()), List.copyOf(types.values()));
        }
    }

    /** Whether the table has the same columns there, with types of the same names. */
    boolean isAlike(Connection connection) throws SQLException {
        return equals(of(connection, table));
    }

    String list() {
        return String.join(", ", columns);
    }

    String placeholders() {
        return columns.stream().map(column -> "?").collect(Collectors.joining(", "));
    }

    /** A condition on ring_token; tokens are numbers, so they can stand in the text. */
    public static String within(List<TokenRange> ranges) {
        return ranges.stream()
                .map(range -> "ring_token BETWEEN %d AND %d".formatted(range.first(), range.last()))
                .collect(Collectors.joining(" OR ", "(", ")"));
    }
}
