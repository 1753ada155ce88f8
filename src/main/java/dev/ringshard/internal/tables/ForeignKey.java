package dev.ringshard.internal.tables;

import dev.ringshard.config.ShardedTable;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A foreign key of a sharded table.
 *
 * @param name in lower case
 * @param referred the table that it refers to
 * @param parent the same, if it is sharded; it may be the child itself
 */
public record ForeignKey(
        String name, ShardedTable child, TableName referred, Optional<ShardedTable> parent, List<ColumnPair> columns) {

    public ForeignKey {
        columns = List.copyOf(columns);
    }

    /** A column of the table that refers, and the one that it refers to; as the database keeps their names. */
    public record ColumnPair(String child, String parent) {}

    /** The referred table in an SQL statement. */
    public String parentInSql() {
        return parent.map(ShardedTable::name)
                .orElseGet(() -> quoted(referred.schema()) + "." + quoted(referred.table()));
    }

    /** The same piece of SQL for each pair of columns: {@code %1$s} is the child's, {@code %2$s} the parent's. */
    public String each(String separator, String piece) {
        return columns.stream()
                .map(pair -> piece.formatted(quoted(pair.child()), quoted(pair.parent())))
                .collect(Collectors.joining(separator));
    }

    private static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    ForeignKey with(ForeignKey rest) {
        return new ForeignKey(
                name,
                child,
                referred,
                parent,
                Stream.concat(columns.stream(), rest.columns.stream()).toList());
    }
}
