package dev.ringshard.internal.shard;

import dev.ringshard.internal.shard.FoundTable.ForeignKey;
import dev.ringshard.internal.shard.FoundTable.Reaction;
import dev.ringshard.internal.shard.FoundTable.UniqueIndex;
import java.util.List;
import java.util.Optional;

/** All that a database's catalogs say of its tables. Immutable. */
public record FoundTables(
        List<FoundTable> tables, List<ForeignKey> references, List<UniqueIndex> unique, List<Reaction> reactions) {

    public Optional<FoundTable> find(String name) {
        return tables.stream().filter(table -> table.name().equals(name)).findFirst();
    }

    /** The foreign keys of a table. */
    public List<ForeignKey> of(FoundTable child) {
        return references.stream()
                .filter(reference -> reference.child().equals(child))
                .toList();
    }

    public List<UniqueIndex> uniqueOf(FoundTable table) {
        return unique.stream().filter(index -> index.table() == table.id()).toList();
    }

    public List<Reaction> reactionsOf(FoundTable table) {
        return reactions.stream()
                .filter(reaction -> reaction.table() == table.id())
                .toList();
    }
}
