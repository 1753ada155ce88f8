package dev.ringshard.config;

import dev.ringshard.ring.KeyHash;
import dev.ringshard.ring.KeyHashes;
import dev.ringshard.ring.Pins;
import dev.ringshard.ring.RingStrategies;
import dev.ringshard.ring.RingStrategy;

/**
 * How the ring is computed. The hash is fixed for the life of a cluster, since every row's token comes from it; the
 * others may change, and the next rebalance then moves what they ask for. Immutable.
 *
 * @param hash turns a key into its token; default MD5
 * @param virtualNodes tokens of a shard for each unit of its weight, from 1 to 100000; default 128
 * @param strategy decides who should own what; default {@code balanced}
 * @param pins keys that live on a named shard, whatever the strategy says; default none
 */
public record RingConfig(KeyHash hash, int virtualNodes, RingStrategy strategy, Pins pins) {
    /** MD5, 128 virtual nodes, the strategy {@code balanced}, no pins. */
    public static final RingConfig DEFAULT =
            new RingConfig(KeyHashes.MD5, 128, RingStrategies.named("balanced"), Pins.NONE);

    /**
     * Checks the bounds.
     *
     * @throws dev.ringshard.failure.ConfigurationException if there are too few or too many virtual nodes
     */
    public RingConfig {
        ProblemList problems = new ProblemList();
        check(problems, virtualNodes);
        problems.throwIfAny("ring");
    }

    static void check(Problems problems, int virtualNodes) {
        problems.requireBetween("virtual-nodes", virtualNodes, 1, RingStrategy.MOST_VIRTUAL_NODES);
    }

    /** The same with another hash. */
    public RingConfig withHash(KeyHash other) {
        return new RingConfig(other, virtualNodes, strategy, pins);
    }

    /** The same with another number of virtual nodes. */
    public RingConfig withVirtualNodes(int perUnitOfWeight) {
        return new RingConfig(hash, perUnitOfWeight, strategy, pins);
    }

    /** The same with another strategy. */
    public RingConfig withStrategy(RingStrategy other) {
        return new RingConfig(hash, virtualNodes, other, pins);
    }

    /** The same with other pins. */
    public RingConfig withPins(Pins other) {
        return new RingConfig(hash, virtualNodes, strategy, other);
    }
}
