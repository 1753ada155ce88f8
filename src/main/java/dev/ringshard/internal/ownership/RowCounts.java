package dev.ringshard.internal.ownership;

import dev.ringshard.config.ShardedTable;
import dev.ringshard.internal.shard.Dialect;
import dev.ringshard.internal.shard.ShardTransaction;
import dev.ringshard.internal.shard.TableSize;
import dev.ringshard.status.TableRows;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How many rows of its tables a shard owns, without reading large tables: those of small ones are counted, those of large ones
 * are known from the database's statistics, about.
 */
public final class RowCounts {
    private RowCounts() {}

    /** Of each table that is there, as the transaction sees it. */
    public static List<TableRows> of(ShardTransaction reading, List<ShardedTable> tables) throws SQLException {
        return tables.isEmpty() ? List.of() : of(reading, HeldRanges.in(reading), tables);
    }

    /** As {@link #of(ShardTransaction, List)}, with the ranges as the transaction sees them. */
    public static List<TableRows> of(ShardTransaction reading, HeldRanges held, List<ShardedTable> tables)
            throws SQLException {
        Dialect dialect = reading.shard().dialect();
        List<TableRows> rows = new ArrayList<>();
        for (ShardedTable table : tables) {
            Optional<TableSize> size = dialect.size(reading.connection(), table.name());
            if (size.isPresent()) {
                rows.add(
                        size.get().isSmall()
                                ? new TableRows(table.name(), held.count(reading, table), true)
                                : new TableRows(table.name(), size.get().rows(), false));
            }
        }
        return rows;
    }
}
