package dev.ringshard.cli.bank.csv;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** In which queue the lines of each key are that are not done yet. Thread-safe. */
final class UnfinishedKeys {
    private final Map<String, Lines> keys = new HashMap<>();

    /** So many lines of a key are in a queue. */
    private record Lines(int queue, int count) {}

    /**
     * The queue that a line has to go to, in which its keys count from now on; empty if they are still in several, after waiting for a
     * while.
     */
    synchronized Optional<Integer> begin(List<String> line, int queues, Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        Set<Integer> found = queues(line);
        while (found.size() > 1) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                return Optional.empty();
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
            found = queues(line);
        }
        int queue = found.isEmpty()
                ? Math.floorMod(line.get(0).hashCode(), queues)
                : found.iterator().next();
        line.forEach(key -> keys.merge(key, new Lines(queue, 1), (now, one) -> new Lines(queue, now.count + 1)));
        return Optional.of(queue);
    }

    private Set<Integer> queues(List<String> line) {
        return line.stream()
                .map(keys::get)
                .filter(Objects::nonNull)
                .map(Lines::queue)
                .collect(Collectors.toSet());
    }

    /** A line is done. */
    synchronized void end(List<String> line) {
        for (String key : line) {
            Lines now = Objects.requireNonNull(keys.remove(key));
            if (now.count > 1) {
                keys.put(key, new Lines(now.queue, now.count - 1));
            }
        }
        notifyAll();
    }
}
