package dev.ringshard.internal.schema;

import dev.ringshard.config.ShardedTable;
import dev.ringshard.config.TablesConfig;
import dev.ringshard.internal.ownership.MigrationHistory;
import java.util.List;
import java.util.stream.Stream;

/**
 * What every shard of a cluster holds besides Ringshard's own tables. Immutable.
 *
 * @param shipped of applications that come with Ringshard
 * @param own of the application's own
 */
public record ApplicationSchema(List<ShippedMigrations> shipped, TablesConfig own) {
    public ApplicationSchema {
        shipped = List.copyOf(shipped);
    }

    /** All sharded tables; those that others refer to first. */
    public List<ShardedTable> sharded() {
        return Stream.concat(
                        shipped.stream().flatMap(migrations -> migrations.tables().stream()), own.sharded().stream())
                .toList();
    }

    /** Where it is remembered which migrations ran. */
    public List<MigrationHistory> histories() {
        return Stream.concat(
                        shipped.stream().map(ShippedMigrations::history),
                        Stream.of(MigrationHistory.ofApplication(own.historyTable())))
                .toList();
    }
}
