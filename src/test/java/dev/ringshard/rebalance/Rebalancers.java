package dev.ringshard.rebalance;

import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardedTable;
import dev.ringshard.rebalance.Rebalancer.Newcomers;
import dev.ringshard.schema.SchemaComparison;
import dev.ringshard.schema.ShardJoin;
import dev.ringshard.shard.Shard;
import dev.ringshard.shard.Shards;
import java.util.List;
import java.util.function.Consumer;

/** Rebalancers for tests that look into them. */
public final class Rebalancers {
    private Rebalancers() {}

    /** One that tells the name of each step of each handover before it is done, and does not do it before it was told. */
    public static Rebalancer watched(RingshardConfig config, Shards shards, Consumer<String> beforeStep) {
        return new Rebalancer(
                config, shards, newcomers(config), System::nanoTime, step -> beforeStep.accept(step.name()));
    }

    /** As the facade gives them. */
    static Newcomers newcomers(RingshardConfig config) {
        return new Newcomers() {
            @Override
            public void join(Shard newcomer, Shard member) {
                ShardJoin.join(newcomer, member, config.ring().hash(), config.tables());
            }

            @Override
            public void requireAlike(Shard source, Shard target, List<ShardedTable> tables) {
                SchemaComparison.requireAlike(source, target, tables);
            }
        };
    }
}
