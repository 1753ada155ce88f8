package dev.ringshard;

import dev.ringshard.config.RingshardConfig;
import dev.ringshard.rebalance.Rebalancer.Newcomers;

/** What the facade gives its rebalancers, for tests that make their own. */
public final class Joining {
    private Joining() {}

    /** As {@link Ringshard#rebalancer()} has it. */
    public static Newcomers of(RingshardConfig config) {
        return new JoiningShards(config);
    }
}
