package dev.ringshard.cli.bank.demo;

import dev.ringshard.rebalance.RebalanceReport;
import java.util.Map;

/**
 * One change of the shards in the demo, and what it moved.
 *
 * @param what the change, such as {@code eu-5 joins}
 * @param before each shard's share of the ring, 0 to 1
 * @param after the same afterwards
 * @param least the part of the ring that had to move, whatever moves it
 */
record DemoChange(
        String what, Map<String, Double> before, Map<String, Double> after, double least, RebalanceReport report) {

    /** The part of the ring that moved. */
    double movedShare() {
        return after.entrySet().stream()
                .mapToDouble(shard -> Math.max(0, shard.getValue() - before.getOrDefault(shard.getKey(), 0.0)))
                .sum();
    }
}
