package dev.ringshard.internal.handover;

import dev.ringshard.config.ShardedTable;
import dev.ringshard.failure.ForeignShardException;
import dev.ringshard.internal.ownership.ShardedTableTable;
import dev.ringshard.internal.ownership.ShardedTableTable.FencedTable;
import dev.ringshard.internal.shard.Dialect;
import dev.ringshard.internal.shard.ShardTransaction;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Compares the sharded tables that a mover knows with those that are fenced on a shard. */
final class FencedTables {
    private FencedTables() {}

    /**
     * Requires that a mover knows every table that is fenced: rows of one that it does not know would stay behind, and those of
     * one that was left over would not be purged.
     *
     * @throws ForeignShardException if there is one that it does not know; nothing was done
     */
    static void requireKnown(ShardTransaction shard, List<ShardedTable> known) {
        Dialect dialect = shard.shard().dialect();
        List<String> unknown = ShardedTableTable.all(shard.dsl()).stream()
                .filter(fenced -> known.stream().noneMatch(table -> isSame(dialect, table, fenced)))
                .map(fenced -> "%s.%s by %s"
                        .formatted(fenced.schema(), fenced.table(), fenced.key().orElse(fenced.token())))
                .toList();
        if (!unknown.isEmpty()) {
            throw new ForeignShardException(
                    "Shard %s has sharded tables that this configuration does not declare, or by another column: %s. Nothing was moved or deleted. Use the configuration that declares them."
                            .formatted(shard.shard().name(), String.join(", ", unknown)));
        }
    }

    /**
     * As {@link #requireKnown}, and that the fence is at work on all of them: where it is not, a writer is held off by
     * nothing while rows move; and rows of a table that inherits from one would be deleted with those that left.
     *
     * @throws ForeignShardException if not; nothing was done
     */
    static void requireFenced(ShardTransaction shard, List<ShardedTable> known) {
        List<ShardedTable> unfenced = shard.run(looking -> {
            requireKnown(looking, known);
            return looking.shard().dialect().fencing().unfenced(looking.dsl(), known);
        });
        if (!unfenced.isEmpty()) {
            throw ForeignShardException.ofTables(
                    "The fence is not at work on %s of shard %s: it was taken away or disabled, or another table inherits from it, or the name leads to another table. Nothing was moved or deleted. Run init, which puts the fence on, or says what is in its way."
                            .formatted(
                                    unfenced.stream().map(ShardedTable::name).collect(Collectors.joining(", ")),
                                    shard.shard().name()),
                    null);
        }
    }

    /** In the order in which their rows can be deleted, of tables of which those come first that others refer to. */
    static List<ShardedTable> childrenFirst(List<ShardedTable> tables) {
        List<ShardedTable> reversed = new ArrayList<>(tables);
        Collections.reverse(reversed);
        return reversed;
    }

    /** What the log of a shard calls these tables; one that is not fenced there is missing. */
    static Map<ShardedTable, String> logged(ShardTransaction shard, List<ShardedTable> tables) {
        Dialect dialect = shard.shard().dialect();
        Map<ShardedTable, String> names = new LinkedHashMap<>();
        for (FencedTable fenced : ShardedTableTable.all(shard.dsl())) {
            tables.stream()
                    .filter(table -> isSame(dialect, table, fenced))
                    .forEach(table -> names.put(table, fenced.logged()));
        }
        return names;
    }

    private static boolean isSame(Dialect dialect, ShardedTable table, FencedTable fenced) {
        int dot = table.name().indexOf('.');
        return dialect.folded(table.plainName()).equals(fenced.table())
                && fenced.isByColumnOf(table, dialect)
                && (dot < 0 || dialect.folded(table.name().substring(0, dot)).equals(fenced.schema()));
    }
}
