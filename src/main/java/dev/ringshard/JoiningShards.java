package dev.ringshard;

import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardedTable;
import dev.ringshard.rebalance.Rebalancer.Newcomers;
import dev.ringshard.schema.SchemaComparison;
import dev.ringshard.schema.ShardJoin;
import dev.ringshard.shard.Shard;
import java.util.List;

/** What a rebalance needs of the room that knows schemas. */
record JoiningShards(RingshardConfig config) implements Newcomers {

    @Override
    public void join(Shard newcomer, Shard member) {
        ShardJoin.join(newcomer, member, config.ring().hash(), config.tables());
    }

    @Override
    public void requireAlike(Shard source, Shard target, List<ShardedTable> tables) {
        SchemaComparison.requireAlike(source, target, tables);
    }
}
