package dev.ringshard.rebalance;

import dev.ringshard.Joining;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.internal.shard.Shards;
import java.util.function.Consumer;

/** Rebalancers for tests that look into them. */
public final class Rebalancers {
    private Rebalancers() {}

    /** One that tells the name of each step of each handover before it is done, and does not do it before it was told. */
    public static Rebalancer watched(RingshardConfig config, Shards shards, Consumer<String> beforeStep) {
        return new Rebalancer(
                config, shards, Joining.of(config), System::nanoTime, step -> beforeStep.accept(step.name()));
    }
}
