package dev.ringshard.internal.schema;

import dev.ringshard.config.ShardedTable;
import dev.ringshard.internal.ownership.MigrationHistory;
import java.util.List;
import java.util.Optional;

/**
 * Migrations of an application that comes with Ringshard, as its room hands them in. Immutable.
 *
 * @param application what it is called, for messages
 * @param location the folder on the class path that holds them, those for every database in {@code common} and the others by
 *     the name of theirs
 * @param history where those that ran are remembered
 * @param schema the one that the tables are in, created where it is not there; empty for that of the connection
 * @param tables those that they make
 * @param besideOthers what to do where a table of somebody else's has a name of these, in whole sentences
 */
public record ShippedMigrations(
        String application,
        String location,
        MigrationHistory history,
        Optional<String> schema,
        List<ShardedTable> tables,
        String besideOthers) {

    public ShippedMigrations {
        tables = List.copyOf(tables);
    }
}
