package dev.ringshard.chaos;

import java.time.Duration;
import java.util.List;

/**
 * What a run is made of.
 *
 * @param seed of all random choices. It does not make two runs the same: when what is done is up to the machine.
 * @param length how long clients work and faults strike
 * @param weights one shard for each
 * @param isShop whether the cluster is a shop's, with tables that nobody made for shards, and has no bank
 */
record Script(
        long seed,
        Duration length,
        List<Double> weights,
        int clients,
        int threads,
        int movers,
        Population population,
        boolean isShop) {
    /** Of a bank. */
    Script(
            long seed,
            Duration length,
            List<Double> weights,
            int clients,
            int threads,
            int movers,
            Population population) {
        this(seed, length, weights, clients, threads, movers, population, false);
    }

    /** Two shards that share, one that takes twice as much, and one that stands by without any. */
    static Script of(long seed, Duration length) {
        return new Script(seed, length, List.of(1.0, 1.0, 2.0, 0.0), 3, 3, 2, new Population(60));
    }

    /** The same shards, on which a shop works and no bank's client. */
    static Script ofShop(long seed, Duration length) {
        return new Script(seed, length, List.of(1.0, 1.0, 2.0, 0.0), 0, 0, 2, new Population(0), true);
    }
}
