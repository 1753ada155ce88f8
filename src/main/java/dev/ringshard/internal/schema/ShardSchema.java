package dev.ringshard.internal.schema;

import dev.ringshard.config.ShardedTable;
import dev.ringshard.config.TablesConfig;
import dev.ringshard.failure.ContentionException;
import dev.ringshard.failure.ForeignShardException;
import dev.ringshard.failure.SqlFailedException;
import dev.ringshard.internal.fence.TableFence;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.tables.Catalog;
import dev.ringshard.internal.tables.SchemaComparison;
import dev.ringshard.internal.tables.TableRules;
import java.util.List;

/** Brings one shard to the schema that its cluster works with. */
public final class ShardSchema {
    private ShardSchema() {}

    /**
     * Runs the migrations that are new, Ringshard's own and then those of the application's tables; checks that the
     * sharded tables can be fenced and moved; and fences those that are not fenced. Repeating it changes nothing. Hands
     * out no ownership.
     *
     * @return how many migrations ran
     * @throws SqlFailedException if a migration failed
     * @throws ForeignShardException if a sharded table breaks a rule, with all that is wrong on the shard; migrations stay
     *     done, and no table was fenced
     * @throws ContentionException if somebody held a table that was to be fenced for too long; repeat the call
     */
    public static int bring(Shard shard, TablesConfig tables) {
        int migrations = Migrations.migrate(shard) + Migrations.migrate(shard, tables);
        requireRules(shard, tables.sharded());
        for (ShardedTable table : tables.sharded()) {
            shard.transaction(fencing -> {
                TableFence.put(fencing.dsl(), table);
                return true;
            });
        }
        return migrations;
    }

    private static void requireRules(Shard shard, List<ShardedTable> tables) {
        List<String> problems = shard.snapshot(reading -> TableRules.problems(Catalog.of(reading), tables));
        if (!problems.isEmpty()) {
            throw new ForeignShardException(
                    "Shard %s has tables that cannot be fenced and moved with their customers. Its migrations are done; nothing else was changed, and no token was handed out. Mend the tables by a migration, or tables.names, and repeat.%s"
                            .formatted(shard.name(), SchemaComparison.listed(problems)));
        }
    }
}
