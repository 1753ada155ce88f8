package dev.ringshard.bench;

import dev.ringshard.failure.InvalidInputException;
import java.util.Arrays;
import java.util.Locale;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * The keys of one run; no other run has them.
 *
 * @param run such as {@code bench-3f9a01c7}
 */
record RunKeys(String run) {
    private static final Pattern RUN = Pattern.compile("bench-[0-9a-f]{8}");

    /** @throws InvalidInputException if it is not the name of a run */
    RunKeys {
        if (!RUN.matcher(run).matches()) {
            throw new InvalidInputException(
                    "A run of the benchmark has a name such as bench-3f9a01c7; this is none: %s. Nothing was done. Give the name that the run printed."
                            .formatted(run));
        }
    }

    /** Those of a new run. */
    static RunKeys ofNewRun() {
        return new RunKeys("bench-" + UUID.randomUUID().toString().substring(0, 8));
    }

    /** What all keys of the run begin with. */
    String prefix() {
        return run + "-";
    }

    /** Of the customers of the beginning. */
    String[] first(int customers) {
        String[] keys = new String[customers];
        Arrays.setAll(keys, number -> String.format(Locale.ROOT, "%s%07d", prefix(), number));
        return keys;
    }

    /** Of a customer who is created during the measurement. */
    String inserted(long number) {
        return prefix() + "i" + number;
    }

    /** A table of the run, by what it is for. */
    String table(String purpose) {
        return "ringshard_" + run.replace('-', '_') + "_" + purpose;
    }

    /** The numbers of the customers of the beginning, in parts. */
    static IntStream parts(int customers, int size) {
        return IntStream.rangeClosed(0, (customers - 1) / size).map(part -> part * size);
    }
}
