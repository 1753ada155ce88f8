package dev.ringshard.chaos;

import dev.ringshard.testing.JavaProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * Customers move, because the weights of shards change: shards join, are drained, grow and shrink. Movers reach the
 * shards as clients do.
 */
enum MoverFault implements Fault {
    REBALANCED {
        @Override
        void disturb(JavaProcess mover, Stage stage, RandomGenerator random) {
            // it is left alone
        }
    },
    MOVER_KILLED {
        @Override
        void disturb(JavaProcess mover, Stage stage, RandomGenerator random) {
            stage.lasts(Duration.ofMillis(random.nextLong(2_000)));
            mover.kill();
        }
    },
    MOVER_STOPPED {
        @Override
        void disturb(JavaProcess mover, Stage stage, RandomGenerator random) {
            stage.lasts(Duration.ofMillis(random.nextLong(2_000)));
            mover.stop();
            try {
                stage.lasts(Duration.ofMillis(random.nextLong(8_000))); // longer than its sessions may be idle
            } finally {
                mover.resume();
            }
        }
    },
    TWO_MOVERS_DISAGREED {
        @Override
        void disturb(JavaProcess mover, Stage stage, RandomGenerator random) throws IOException {
            JavaProcess other = stage.movers().get(1);
            begin(other, stage, random);
            end(other, stage);
        }
    };

    /** As what the ends of moves are counted, each by what its mover said. */
    static final String ENDED = "moves ended";

    static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Duration A_MOMENT = Duration.ofMillis(50);

    /** @param mover has a plan, or has failed already */
    abstract void disturb(JavaProcess mover, Stage stage, RandomGenerator random) throws IOException;

    @Override
    public void strike(Stage stage, RandomGenerator random) throws IOException {
        JavaProcess mover = stage.movers().get(0);
        begin(mover, stage, random);
        Optional<String> first = await(mover, stage);
        if (first.filter(ChaosMover.PLANNED::equals).isPresent()) {
            disturb(mover, stage, random);
            end(mover, stage);
        } else {
            record(first, mover, stage);
        }
    }

    static void begin(JavaProcess mover, Stage stage, RandomGenerator random) throws IOException {
        int shards = stage.script().weights().size();
        int never = random.nextInt(shards); // the one that is not drained, whatever comes
        Stream<Double> weights = Stream.iterate(0, shard -> shard + 1)
                .limit(shards)
                .map(shard -> (double) random.nextInt(shard == never ? 1 : 0, 4));
        int rate = random.nextBoolean() ? 0 : random.nextInt(1_000, 10_000);
        Path config = stage.writeYaml(mover.name(), weights.toList());
        mover.tell(MoverOrders.moves(config.toString(), rate).line());
    }

    static void end(JavaProcess mover, Stage stage) {
        Optional<String> line = await(mover, stage);
        record(line.filter(ChaosMover.PLANNED::equals).isPresent() ? await(mover, stage) : line, mover, stage);
    }

    /** The next that it says; nothing if it is dead, or the play is over, or it takes too long. */
    static Optional<String> await(JavaProcess mover, Stage stage) {
        return await(mover, stage, PATIENCE);
    }

    /** As {@link #await(JavaProcess, Stage)}, where too long is longer than so. */
    static Optional<String> await(JavaProcess mover, Stage stage, Duration patience) {
        long began = System.nanoTime();
        Optional<String> line = mover.nextLine(A_MOMENT);
        while (line.isEmpty() && mover.isAlive() && !stage.isOver() && System.nanoTime() - began < patience.toNanos()) {
            line = mover.nextLine(A_MOMENT);
        }
        return line;
    }

    /** A mover that does not come to its end is killed, and whoever moves next finishes its work. */
    static void record(Optional<String> result, JavaProcess mover, Stage stage) {
        if (result.isEmpty()) {
            mover.kill();
        } else if (result.get().startsWith(ChaosMover.WRONG)) {
            throw new AssertionError(mover.name() + ": " + result.get() + "\n" + mover.complaints());
        }
        stage.tally().add(ENDED, result.orElse("killed"), 1);
        stage.movers().replaceTheDead();
    }
}
