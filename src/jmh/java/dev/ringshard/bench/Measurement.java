package dev.ringshard.bench;

import java.time.Duration;
import java.util.Collection;
import org.HdrHistogram.Histogram;

/**
 * What threads did that worked side by side for a slice of time.
 *
 * @param perSecond operations of all threads together
 * @param latencies of single operations, in nanoseconds; not to be changed
 * @param bytesPerOperation garbage that an operation made in its own thread
 */
record Measurement(double perSecond, Histogram latencies, double bytesPerOperation) {
    private static final int DIGITS = 3;

    static Histogram newHistogram() {
        return new Histogram(DIGITS);
    }

    /** What one thread did. */
    record OfThread(Histogram latencies, long nanos, long bytes) {}

    static Measurement of(Collection<OfThread> threads) {
        Histogram together = newHistogram();
        double perSecond = 0;
        long bytes = 0;
        for (OfThread thread : threads) {
            together.add(thread.latencies);
            perSecond += thread.latencies.getTotalCount() * 1e9 / thread.nanos;
            bytes += thread.bytes;
        }
        return new Measurement(perSecond, together, (double) bytes / Math.max(1, together.getTotalCount()));
    }

    Duration percentile(double percentile) {
        return Duration.ofNanos(latencies.getValueAtPercentile(percentile));
    }
}
