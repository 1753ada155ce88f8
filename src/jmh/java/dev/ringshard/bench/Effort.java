package dev.ringshard.bench;

import java.time.Duration;
import java.util.List;

/**
 * How much a run measures.
 *
 * @param slice how long one side works in one round
 * @param rounds that count
 * @param customers who are there from the beginning
 * @param moved customers of the cluster that is rebalanced
 * @param grown customers of the largest cluster for the growth of costs
 */
record Effort(String name, Duration slice, int rounds, List<Integer> threads, int customers, int moved, int grown) {
    static final Effort SHORT =
            new Effort("short", Duration.ofMillis(700), 5, List.of(8), 20_000, 40_000, 100_000);
    static final Effort LONG =
            new Effort("long", Duration.ofSeconds(2), 7, List.of(1, 8, 32), 100_000, 200_000, 1_000_000);

    AlternatingRounds.Plan plan(int count) {
        return new AlternatingRounds.Plan(rounds, slice, Mix.MOSTLY_READS, count);
    }
}
