package dev.ringshard.rebalance;

import dev.ringshard.config.RingshardConfig;
import dev.ringshard.internal.handover.HandoverStep;
import dev.ringshard.internal.shard.Shards;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A mover as a process of its own, which stops before a step until it is told to go on: says {@code reached} on standard
 * output, and reads a line from standard input. At the end it says {@code done}, or the name of the failure.
 */
final class MoverProcess {
    private MoverProcess() {}

    /** Arguments: the configuration's file, the step to stop before, and at which time that it comes by. */
    public static void main(String[] arguments) {
        RingshardConfig config = RingshardConfig.load(Path.of(arguments[0]));
        String stop = HandoverStep.valueOf(arguments[1]).name();
        int time = Integer.parseInt(arguments[2]);
        AtomicInteger met = new AtomicInteger();
        try (Shards shards = Shards.open(config.shards())) {
            Rebalancer rebalancer = Rebalancers.watched(config, shards, step -> {
                if (step.equals(stop) && met.incrementAndGet() == time) {
                    say("reached");
                    awaitLine();
                }
            });
            rebalancer.run(rebalancer.plan(), RebalanceSettings.DEFAULT, progress -> {});
            say("done");
        } catch (RuntimeException failure) {
            say(failure.getClass().getSimpleName());
        }
    }

    private static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }

    private static void awaitLine() {
        try {
            while (System.in.read() != '\n') {
                // on
            }
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }
}
