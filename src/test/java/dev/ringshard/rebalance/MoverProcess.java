package dev.ringshard.rebalance;

import dev.ringshard.config.RingshardConfig;
import dev.ringshard.internal.handover.HandoverStep;
import dev.ringshard.internal.shard.Shards;
import dev.ringshard.testing.JavaProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A mover as a process of its own, which stops before a step until it is told to go on: says {@value #REACHED} on standard
 * output, and reads a line from standard input. At the end it says {@value #DONE}, or the name of the failure.
 */
final class MoverProcess {
    static final String REACHED = "reached";
    static final String DONE = "done";

    /** Stops each time that the step comes by. */
    static final int EACH_TIME = 0;

    private MoverProcess() {}

    /**
     * Starts one.
     *
     * @param name of the process
     * @param config the configuration's file; what it complains of goes to a file beside it
     * @param time at which time that the step comes by it stops before it: 1 or more, or {@link #EACH_TIME}
     */
    static JavaProcess start(String name, Path config, HandoverStep step, int time, long chunkRows) {
        return JavaProcess.start(
                name,
                Objects.requireNonNull(config.toAbsolutePath().getParent()),
                MoverProcess.class,
                List.of(config.toString(), step.name(), Integer.toString(time), Long.toString(chunkRows)));
    }

    /** Arguments: as of {@link #start}, without the name. */
    public static void main(String[] arguments) {
        RingshardConfig config = RingshardConfig.load(Path.of(arguments[0]));
        String stop = HandoverStep.valueOf(arguments[1]).name();
        int time = Integer.parseInt(arguments[2]);
        RebalanceSettings settings = RebalanceSettings.DEFAULT.withChunkRows(Long.parseLong(arguments[3]));
        AtomicInteger met = new AtomicInteger();
        try (Shards shards = Shards.open(config.shards())) {
            Rebalancer rebalancer = Rebalancers.watched(config, shards, step -> {
                if (step.equals(stop) && (met.incrementAndGet() == time || time == EACH_TIME)) {
                    say(REACHED);
                    awaitLine();
                }
            });
            rebalancer.run(rebalancer.plan(), settings, progress -> {});
            say(DONE);
        } catch (RuntimeException failure) {
            failure.printStackTrace();
            say(failure.getClass().getSimpleName());
        }
    }

    private static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }

    private static void awaitLine() {
        try {
            int read = System.in.read();
            while (read != '\n') {
                if (read < 0) {
                    Runtime.getRuntime().halt(1); // whoever would tell it is gone
                }
                read = System.in.read();
            }
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }
}
