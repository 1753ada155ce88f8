package dev.ringshard.rebalance;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** How long calls lasted. Thread-safe. */
final class WaitTimes {
    private final List<Long> nanos = new ArrayList<>();

    synchronized void add(long duration) {
        nanos.add(duration);
    }

    /** For people. */
    @Override
    public synchronized String toString() {
        if (nanos.isEmpty()) {
            return "none";
        }
        Collections.sort(nanos);
        return "%d, median %d ms, p99 %d ms, longest %d ms"
                .formatted(nanos.size(), millis(0.5), millis(0.99), millis(1));
    }

    private long millis(double part) {
        return Duration.ofNanos(nanos.get((int) Math.ceil(part * nanos.size()) - 1))
                .toMillis();
    }
}
