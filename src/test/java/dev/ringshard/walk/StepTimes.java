package dev.ringshard.walk;

import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;

/** How long the transactions took that began during a step of a walk. Thread-safe. */
final class StepTimes {
    private final String name;
    private final long began = System.nanoTime();
    private long ended;
    private long[] sinceDue = new long[1024];
    private int number;
    private long longestWork;
    private long repeats;

    StepTimes(String name) {
        this.name = name;
    }

    String name() {
        return name;
    }

    synchronized void end() {
        ended = System.nanoTime();
    }

    synchronized void addRepeats(int more) {
        repeats += more;
    }

    synchronized void add(long nanosSinceDue, long nanosOfWork) {
        if (number == sinceDue.length) {
            sinceDue = Arrays.copyOf(sinceDue, 2 * number);
        }
        sinceDue[number++] = nanosSinceDue;
        longestWork = Math.max(longestWork, nanosOfWork);
    }

    synchronized Duration longest() {
        return Duration.ofNanos(Arrays.stream(sinceDue, 0, number).max().orElse(0));
    }

    static String heading() {
        return "%-34s %9s %8s %8s %8s %8s %8s %8s"
                .formatted("step", "seconds", "done", "a second", "median", "p99", "longest", "repeated");
    }

    /** Milliseconds, since they were due. */
    synchronized String line() {
        long[] sorted = Arrays.copyOf(sinceDue, number);
        Arrays.sort(sorted);
        double seconds = (ended - began) / 1e9;
        return String.format(
                Locale.ROOT,
                "%-34s %9.1f %8d %8.0f %8.1f %8.1f %8.1f %8d",
                name,
                seconds,
                number,
                number / seconds,
                millis(sorted, 0.5),
                millis(sorted, 0.99),
                millis(sorted, 1),
                repeats);
    }

    private static double millis(long[] sorted, double share) {
        return sorted.length == 0
                ? 0
                : sorted[(int) Math.min(sorted.length - 1L, (long) (share * sorted.length))] / 1e6;
    }
}
