package dev.ringshard.internal.status;

import dev.ringshard.status.WritePauses;
import java.time.Duration;
import org.HdrHistogram.Histogram;

/** Counts how long writers waited for chunks, in a histogram of constant size, to 3 digits. For one thread. */
public final class PauseRecorder {
    private static final long LONGEST_MICROS = Duration.ofHours(1).toNanos() / 1000;

    private final Histogram micros = new Histogram(LONGEST_MICROS, 3);

    /** One chunk's; above an hour counts as an hour. */
    public void record(Duration pause) {
        micros.recordValue(Math.min(pause.toNanos() / 1000, LONGEST_MICROS));
    }

    /** Of all so far. */
    public WritePauses pauses() {
        return new WritePauses(
                micros.getTotalCount(),
                duration(micros.getValueAtPercentile(50)),
                duration(micros.getValueAtPercentile(99)),
                duration(micros.getMaxValue()));
    }

    private static Duration duration(long micros) {
        return Duration.ofNanos(1000 * micros);
    }
}
