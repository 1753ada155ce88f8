package dev.ringshard.chaos;

import dev.ringshard.chaos.MoverOrders.Sleep;
import dev.ringshard.ring.RingStrategies;
import dev.ringshard.testing.FaultProxy.Way;
import dev.ringshard.testing.JavaProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Somebody sleeps while rows move. Other trouble waits meanwhile: it would seldom let it come to that. */
enum SleeperFault implements Fault {
    /**
     * A mover has handed over, has looked what there is to finish, and sleeps. Meanwhile others finish it, take the same
     * range back, and are about to move it again to where it was: copied, not handed over. Then the sleeper does what it
     * wanted to do for the first of the two handovers.
     */
    HELPER_SLEPT {
        @Override
        boolean sleeps(Scene scene, RandomGenerator random) throws IOException {
            Stage stage = scene.stage();
            List<Double> home = stage.script().weights();
            List<Double> away = new ArrayList<>(home);
            Collections.swap(away, random.nextInt(home.size() - 1), home.size() - 1); // the last one is idle at home
            JavaProcess late = stage.movers().get(0);
            JavaProcess mover = stage.movers().get(1);
            if (!scene.moves(mover, home)) {
                return false;
            }
            if (!scene.sleeps(late, away, Sleep.BEFORE_ACTIVATE)) {
                return false;
            }
            boolean movesAgain = scene.moves(mover, home) && scene.sleeps(mover, away, Sleep.BEFORE_CATCH_UP);
            if (movesAgain) {
                stage.lasts(CHANGES);
            }
            late.tell("wake");
            scene.ends(late);
            if (movesAgain) {
                mover.tell("wake");
                scene.ends(mover, GOES_ON);
            }
            return movesAgain;
        }
    },
    /**
     * All clients sleep, each thread with an answer on its way to it and none in the middle of a transaction, until all customers have
     * moved to another shard, and what was left of them where the clients had asked is deleted.
     */
    CLIENTS_SLEPT {
        @Override
        boolean sleeps(Scene scene, RandomGenerator random) throws IOException {
            Stage stage = scene.stage();
            List<Double> home = stage.script().weights();
            List<Double> away = new ArrayList<>(Collections.nCopies(home.size(), 0.0));
            away.set(home.size() - 1, 1.0); // the last one is idle at home
            JavaProcess mover = stage.movers().get(0);
            if (!scene.moves(mover, home)) {
                return false;
            }
            try {
                stage.shards().forEach(shard -> shard.proxy().freeze(Way.TO_CLIENT));
                stage.lasts(ASKS);
                stage.clients().stopAll();
                stage.shards().forEach(shard -> shard.proxy().heal());
                stage.lasts(CHANGES);
                return stage.shards().stream().noneMatch(StagedShard::hasIdleTransaction)
                        && scene.moves(mover, away, UNLESS_LOCKED);
            } finally {
                stage.shards().forEach(shard -> shard.proxy().heal());
                stage.clients().resumeAll();
            }
        }
    };

    /** What trouble before has left behind is in the way of the first try more often than of the next. */
    private static final int TRIES = 3;

    /** So long customers work on while their rows are copied and the mover sleeps. */
    private static final Duration CHANGES = Duration.ofMillis(300);

    /** So long a mover that has slept goes on, key by key, before it is killed. */
    private static final Duration GOES_ON = Duration.ofSeconds(2);

    /** So long all threads of all clients take to ask something. */
    private static final Duration ASKS = Duration.ofSeconds(1);

    /** So long all customers take to move, unless somebody has one of them locked after all: then it is tried anew. */
    private static final Duration UNLESS_LOCKED = Duration.ofSeconds(30);

    /** Whether it came to what is told of it; a long transaction, or what trouble before has left, may prevent it. */
    abstract boolean sleeps(Scene scene, RandomGenerator random) throws IOException;

    @Override
    public boolean isAlone() {
        return true;
    }

    /** In the report: how often it came to that. */
    String cameOff() {
        return name() + " too long";
    }

    @Override
    public void strike(Stage stage, RandomGenerator random) throws IOException {
        for (int i = 0; i < TRIES && !stage.isOver(); i++) {
            if (sleeps(new Scene(stage), random)) {
                stage.tally().add("sleepers", cameOff(), 1);
                return;
            }
        }
    }

    /**
     * What movers do, and whether it came off. The weights are those of the classic ring: when they come back, each shard
     * gets exactly what it had.
     */
    private record Scene(Stage stage) {
        String config(JavaProcess mover, List<Double> weights) throws IOException {
            return stage.writeYaml(mover.name(), RingStrategies.named("vnodes"), weights)
                    .toString();
        }

        /** Everybody gets what is theirs by these weights. */
        boolean moves(JavaProcess mover, List<Double> weights) throws IOException {
            return moves(mover, weights, MoverFault.PATIENCE);
        }

        boolean moves(JavaProcess mover, List<Double> weights, Duration patience) throws IOException {
            mover.tell(MoverOrders.moves(config(mover, weights), 0).line());
            return plans(mover)
                    && ends(mover, patience)
                            .filter(line -> line.startsWith(ChaosMover.MOVED))
                            .isPresent();
        }

        /** Whether it came to where it sleeps. */
        boolean sleeps(JavaProcess mover, List<Double> weights, Sleep sleep) throws IOException {
            mover.tell(MoverOrders.sleeps(config(mover, weights), sleep).line());
            if (!plans(mover)) {
                return false;
            }
            Optional<String> said = MoverFault.await(mover, stage);
            if (said.filter(ChaosMover.ASLEEP::equals).isPresent()) {
                return true;
            }
            MoverFault.record(said, mover, stage);
            return false;
        }

        private boolean plans(JavaProcess mover) {
            Optional<String> said = MoverFault.await(mover, stage);
            if (said.filter(ChaosMover.PLANNED::equals).isPresent()) {
                return true;
            }
            MoverFault.record(said, mover, stage);
            return false;
        }

        Optional<String> ends(JavaProcess mover) {
            return ends(mover, MoverFault.PATIENCE);
        }

        Optional<String> ends(JavaProcess mover, Duration patience) {
            Optional<String> said = MoverFault.await(mover, stage, patience);
            MoverFault.record(said, mover, stage);
            return said;
        }
    }
}
