package dev.ringshard.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;

/** What one shard hands over and takes over. Thread-safe. */
final class HandoverMeters {
    /** The target of a chunk is 25 ms; what lies far above it is worth knowing apart. */
    private static final Duration[] PAUSES = {
        Duration.ofMillis(1),
        Duration.ofMillis(2),
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(25),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofSeconds(1),
    };

    private final Counter rowsOut;
    private final Counter rowsIn;
    private final Counter chunksOut;
    private final Counter chunksIn;
    private final Timer pause;

    HandoverMeters(MeterRegistry registry, String shard) {
        rowsOut = rows(registry, shard, "out");
        rowsIn = rows(registry, shard, "in");
        chunksOut = chunks(registry, shard, "out");
        chunksIn = chunks(registry, shard, "in");
        pause = Timer.builder(Names.WRITE_PAUSE)
                .description("How long writes to a chunk waited while this shard handed it over")
                .tag(Names.SHARD, shard)
                .serviceLevelObjectives(PAUSES)
                .register(registry);
    }

    private static Counter rows(MeterRegistry registry, String shard, String direction) {
        return Counter.builder(Names.HANDOVER_ROWS)
                .description("Rows of all sharded tables that were handed over")
                .baseUnit("rows")
                .tags(Names.SHARD, shard, "direction", direction)
                .register(registry);
    }

    private static Counter chunks(MeterRegistry registry, String shard, String direction) {
        return Counter.builder(Names.HANDOVER_CHUNKS)
                .description("Chunks of rows that were handed over")
                .tags(Names.SHARD, shard, "direction", direction)
                .register(registry);
    }

    void left(long rows) {
        rowsOut.increment((double) rows);
        chunksOut.increment();
    }

    void came(long rows) {
        rowsIn.increment((double) rows);
        chunksIn.increment();
    }

    void paused(Duration time) {
        pause.record(time);
    }
}
