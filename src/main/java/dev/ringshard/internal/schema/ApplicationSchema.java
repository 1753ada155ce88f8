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
 * @param outbox those of Ringshard's own tables that are sharded, too; none without an outbox
 */
public record ApplicationSchema(List<ShippedMigrations> shipped, TablesConfig own, List<ShardedTable> outbox) {
    public ApplicationSchema {
        shipped = List.copyOf(shipped);
        outbox = List.copyOf(outbox);
    }

    /** Without an outbox. */
    public ApplicationSchema(List<ShippedMigrations> shipped, TablesConfig own) {
        this(shipped, own, List.of());
    }

    /** All sharded tables; those that others refer to first. */
    public List<ShardedTable> sharded() {
        return Stream.of(
                        shipped.stream().flatMap(migrations -> migrations.tables().stream()),
                        own.sharded().stream(),
                        outbox.stream())
                .flatMap(tables -> tables)
                .toList();
    }

    /** The tables that every shard has whole; those that others refer to first. */
    public List<String> reference() {
        return own.reference();
    }

    /** Where it is remembered which migrations ran. */
    public List<MigrationHistory> histories() {
        return Stream.concat(
                        shipped.stream().map(ShippedMigrations::history),
                        Stream.of(MigrationHistory.ofApplication(own.historyTable())))
                .toList();
    }
}
