package dev.ringshard;

import dev.ringshard.config.RingshardConfig;
import dev.ringshard.internal.cluster.Newcomers;
import dev.ringshard.internal.schema.ApplicationSchema;

/** What the facade gives its rebalancers, for tests that make their own. */
public final class Joining {
    private Joining() {}

    /** What {@link Ringshard#init} brings a shard to. */
    public static ApplicationSchema schema(RingshardConfig config) {
        return new ClusterDefinition(config).schema();
    }

    /** As {@link Ringshard#rebalancer()} has it. */
    public static Newcomers of(RingshardConfig config) {
        return new JoiningShards(config);
    }
}
