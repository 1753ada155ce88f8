package dev.ringshard.bench;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * How fast one side was at one kind of work.
 *
 * @param perSecond median over the rounds
 * @param p50 over all operations of all rounds, as {@code p99} and {@code p999}
 * @param bytesPerOperation garbage that an operation made in its own thread, median over the rounds
 */
record Figures(double perSecond, Duration p50, Duration p99, Duration p999, long bytesPerOperation) {

    static Figures of(List<Measurement> rounds) {
        Histogram all = Measurement.newHistogram();
        rounds.forEach(round -> all.add(round.latencies()));
        return new Figures(
                median(rounds.stream().map(Measurement::perSecond).toList()),
                percentile(all, 50),
                percentile(all, 99),
                percentile(all, 99.9),
                Math.round(median(
                        rounds.stream().map(Measurement::bytesPerOperation).toList())));
    }

    private static Duration percentile(Histogram latencies, double percentile) {
        return Duration.ofNanos(latencies.getValueAtPercentile(percentile));
    }

    /** The one in the middle; of an even number the mean of the two there. */
    static double median(Collection<Double> values) {
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
