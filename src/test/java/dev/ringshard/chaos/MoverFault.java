package dev.ringshard.chaos;

import static org.awaitility.Awaitility.await;

import dev.ringshard.cli.Main;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * Customers move, because the weights of shards change: shards join, are drained, grow and shrink. A mover is a process
 * of its own, the command {@code rebalance --yes}, and reaches the shards as clients do.
 */
enum MoverFault implements Fault {
    REBALANCED {
        @Override
        void strike(List<JavaProcess> movers, Stage stage, RandomGenerator random) {
            // it is left alone
        }
    },
    MOVER_KILLED {
        @Override
        void strike(List<JavaProcess> movers, Stage stage, RandomGenerator random) {
            stage.lasts(Duration.ofMillis(random.nextLong(2_000)));
            movers.get(0).kill();
        }
    },
    MOVER_STOPPED {
        @Override
        void strike(List<JavaProcess> movers, Stage stage, RandomGenerator random) {
            stage.lasts(Duration.ofMillis(random.nextLong(2_000)));
            movers.get(0).stop();
            try {
                stage.lasts(Duration.ofMillis(random.nextLong(8_000))); // longer than its sessions may be idle
            } finally {
                movers.get(0).resume();
            }
        }
    },
    TWO_MOVERS_DISAGREED {
        @Override
        void strike(List<JavaProcess> movers, Stage stage, RandomGenerator random) throws IOException {
            movers.add(start(stage, random));
        }
    };

    /** Done, failed and safe to repeat, outcome unknown; and killed. */
    private static final Set<Integer> ALLOWED_EXITS = Set.of(0, 1, 4, 137);

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    /** @param movers one to begin with, which has a plan */
    abstract void strike(List<JavaProcess> movers, Stage stage, RandomGenerator random) throws IOException;

    @Override
    public void strike(Stage stage, RandomGenerator random) throws IOException {
        List<JavaProcess> movers = new ArrayList<>();
        try {
            movers.add(start(stage, random));
            awaitPlan(movers.get(0), stage);
            strike(movers, stage, random);
            movers.forEach(mover -> endOf(mover, stage));
        } finally {
            movers.forEach(JavaProcess::close);
        }
    }

    static JavaProcess start(Stage stage, RandomGenerator random) throws IOException {
        String name = stage.nextMover();
        String config = stage.writeYaml(name, weights(stage, random)).toString();
        String rate = random.nextBoolean() ? "0" : Integer.toString(random.nextInt(200, 2_000));
        return JavaProcess.start(
                name,
                stage.directory(),
                Main.class,
                List.of("rebalance", "--yes", "--config", config, "--max-rate", rate));
    }

    private static List<Double> weights(Stage stage, RandomGenerator random) {
        int shards = stage.shards().size();
        int never = random.nextInt(shards); // the one that is not drained whatever comes
        return Stream.iterate(0, i -> i + 1)
                .limit(shards)
                .map(i -> (double) random.nextInt(i == never ? 1 : 0, 4))
                .toList();
    }

    /** The first that it says is its plan, or why it has none. */
    private static void awaitPlan(JavaProcess mover, Stage stage) {
        await().atMost(Duration.ofMinutes(2))
                .until(() -> stage.isOver()
                        || !mover.isAlive()
                        || !mover.complaints().isEmpty());
    }

    /** While much is broken a mover may not get to its end; it is killed then, and whoever moves next finishes its work. */
    private static void endOf(JavaProcess mover, Stage stage) {
        long began = System.nanoTime();
        while (mover.isAlive() && !stage.isOver() && System.nanoTime() - began < PATIENCE.toNanos()) {
            stage.lasts(Duration.ofMillis(50));
        }
        mover.kill();
        stage.tally().add("mover exits", Integer.toString(mover.exitCode()), 1);
        if (!ALLOWED_EXITS.contains(mover.exitCode())) {
            throw new AssertionError(
                    "%s ended with %d:%n%s".formatted(mover.name(), mover.exitCode(), mover.complaints()));
        }
    }
}
