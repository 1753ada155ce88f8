package dev.ringshard.internal.schema;

import dev.ringshard.config.ShardedTable;
import dev.ringshard.internal.ownership.MigrationHistory;
import dev.ringshard.ring.KeyType;
import java.util.List;
import java.util.Optional;

/**
 * Migrations of an application that comes with Ringshard, as its room hands them in. Immutable.
 *
 * @param application what it is called, for messages
 * @param scripts the files on the class path, in their order; a {@code %s} stands for the name of the database's kind
 * @param history where those that ran are remembered
 * @param schema the one that the tables are in, created where it is not there; empty for that of the connection
 * @param tables those that they make
 * @param keys what their keys are
 * @param besideOthers what to do where a table of another application has a name of these, in whole sentences
 */
public record ShippedMigrations(
        String application,
        List<String> scripts,
        MigrationHistory history,
        Optional<String> schema,
        List<ShardedTable> tables,
        KeyType keys,
        String besideOthers) {

    public ShippedMigrations {
        scripts = List.copyOf(scripts);
        tables = List.copyOf(tables);
    }
}
