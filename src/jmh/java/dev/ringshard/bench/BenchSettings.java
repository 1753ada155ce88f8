package dev.ringshard.bench;

import dev.ringshard.failure.InvalidInputException;
import java.time.Duration;

/**
 * What a run of the benchmark is to do.
 *
 * @param threads 1 to 256; where a pool has fewer connections, they wait for one another on both sides
 * @param time that counts, all kinds of work together: 1 s to 1 h
 * @param customers of the beginning, 1 to 10,000,000
 * @param seed another one chooses other customers
 */
record BenchSettings(int threads, Duration time, Mix mix, int customers, long seed) {
    /** How often every side has its turn. */
    static final int ROUNDS = 5;

    private static final int SIDES = 2;

    /** @throws InvalidInputException if one is not as above */
    BenchSettings {
        require(threads >= 1 && threads <= 256, "threads", "1 to 256");
        require(
                time.compareTo(Duration.ofSeconds(1)) >= 0 && time.compareTo(Duration.ofHours(1)) <= 0,
                "seconds",
                "1 to 3600");
        require(customers >= 1 && customers <= 10_000_000, "customers", "1 to 10000000");
    }

    private static void require(boolean holds, String what, String allowed) {
        if (!holds) {
            throw new InvalidInputException(
                    "--%s: %s is allowed. Nothing was done. Correct it.".formatted(what, allowed));
        }
    }

    /** How long one side works at one kind of work in one round. */
    Duration slice() {
        return time.dividedBy((long) Workload.values().length * SIDES * ROUNDS);
    }

    AlternatingRounds.Plan plan() {
        return new AlternatingRounds.Plan(ROUNDS, slice(), mix, customers);
    }
}
