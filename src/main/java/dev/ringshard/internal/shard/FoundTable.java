package dev.ringshard.internal.shard;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A table as the catalogs describe it.
 *
 * @param name as it is written in SQL: with its schema unless that is the connection's, in quotes if it needs any
 * @param rows about how many
 * @param bytes with its indexes
 * @param isOfAnExtension whether an extension made it
 * @param hasRowSecurity whether policies hide rows of it from some users
 * @param owner who may index it, where this user may not
 */
public record FoundTable(
        long id,
        String name,
        long rows,
        long bytes,
        boolean isOfAnExtension,
        boolean hasRowSecurity,
        Optional<String> owner,
        List<FoundColumn> columns) {

    /**
     * A column.
     *
     * @param isCounted whether a sequence fills it
     * @param counter where that stands; empty if it has not been used, or this user may not see it
     */
    public record FoundColumn(String name, String type, boolean isNullable, boolean isCounted, OptionalLong counter) {}

    /**
     * A foreign key.
     *
     * @param columns the child's, each with the parent's that it refers to
     */
    public record ForeignKey(String name, FoundTable child, FoundTable parent, List<Pair> columns) {
        public record Pair(String child, String parent) {}

        /** Whether a row may refer to none. */
        public boolean isOptional() {
            return columns.stream()
                    .anyMatch(pair -> child.column(pair.child()).orElseThrow().isNullable());
        }

        public String childColumns() {
            return String.join(", ", columns.stream().map(Pair::child).toList());
        }
    }

    /**
     * A unique index, that of the primary key too.
     *
     * @param columns those that it has by themselves, not within an expression
     * @param definition what it is unique by
     */
    public record UniqueIndex(long table, String name, boolean isPrimaryKey, Set<String> columns, String definition) {}

    /**
     * A trigger or rule of the application's.
     *
     * @param kind trigger or rule
     * @param isForReplicas whether it was told to act on a replica, too
     */
    public record Reaction(long table, String kind, String name, boolean isForReplicas) {}

    public Optional<FoundColumn> column(String wanted) {
        return columns.stream().filter(column -> column.name().equals(wanted)).findFirst();
    }

    /** The name without the schema. */
    public String plainName() {
        return name.substring(name.lastIndexOf('.') + 1);
    }

    @Override
    public String toString() {
        return name;
    }
}
