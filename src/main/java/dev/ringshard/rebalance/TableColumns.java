package dev.ringshard.rebalance;

import dev.ringshard.config.ShardedTable;
import dev.ringshard.failure.ForeignShardException;
import dev.ringshard.ring.TokenRange;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A sharded table with its columns, in one order for all shards.
 *
 * @param columns sorted by name, in lower case
 */
record TableColumns(String table, List<String> columns) {

    TableColumns {
        columns = List.copyOf(columns);
        for (String column : columns) {
            if (!ShardedTable.isPlainColumn(column)) {
                throw new ForeignShardException(
                        "The sharded table %s has a column \"%s\", whose name needs quotes. Nothing was moved. Rename it."
                                .formatted(table, column));
            }
        }
    }

    static TableColumns of(Connection connection, ShardedTable table) throws SQLException {
        try (PreparedStatement statement =
                        connection.prepareStatement("SELECT * FROM " + table.name() + " WHERE 1 = 0");
                ResultSet none = statement.executeQuery()) {
            ResultSetMetaData metaData = none.getMetaData();
            List<String> columns = new ArrayList<>();
            for (int i = 1; i <= metaData.getColumnCount(); i++) {
                columns.add(metaData.getColumnName(i).toLowerCase(Locale.ROOT));
            }
            columns.sort(null);
            return new TableColumns(table.name(), columns);
        }
    }

    String list() {
        return String.join(", ", columns);
    }

    String placeholders() {
        return columns.stream().map(column -> "?").collect(Collectors.joining(", "));
    }

    /** A condition on ring_token; tokens are numbers, so they can stand in the text. */
    static String within(List<TokenRange> ranges) {
        return ranges.stream()
                .map(range -> "ring_token BETWEEN %d AND %d".formatted(range.first(), range.last()))
                .collect(Collectors.joining(" OR ", "(", ")"));
    }
}
