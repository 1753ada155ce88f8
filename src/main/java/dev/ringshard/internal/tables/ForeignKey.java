package dev.ringshard.internal.tables;

import dev.ringshard.config.ShardedTable;
import java.util.List;
import java.util.stream.Stream;

/**
 * A foreign key of one sharded table to another, or to itself.
 *
 * @param name in lower case
 */
public record ForeignKey(String name, ShardedTable child, ShardedTable parent, List<ColumnPair> columns) {

    public ForeignKey {
        columns = List.copyOf(columns);
    }

    /** A column of the table that refers, and the one that it refers to; as the database keeps their names. */
    public record ColumnPair(String child, String parent) {}

    ForeignKey with(ForeignKey rest) {
        return new ForeignKey(
                name,
                child,
                parent,
                Stream.concat(columns.stream(), rest.columns.stream()).toList());
    }
}
