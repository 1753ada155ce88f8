package dev.ringshard.chaos;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

/** A mover dies half-way, and whoever helps is late. Past the proxies, whose troubles would seldom let it come to that. */
enum HelperFault implements Fault {
    /**
     * The helper has looked what there is to finish, and sleeps. Meanwhile others finish it, take the same range back,
     * and are about to move it again to where it was: copied, not handed over. Then the helper does what it wanted to do
     * for the first of the two handovers.
     */
    HELPER_SLEPT;

    /** In the report: how often it came to that; other trouble may prevent it. */
    static final String CAME_OFF = "woke too late";

    /** The first chunk of a mover has no rows; the next has. */
    private static final int WITH_ROWS = 2;

    private static final int TRIES = 4;

    /** So long customers work on while their rows are copied and the mover sleeps. */
    private static final Duration CHANGES = Duration.ofMillis(300);

    @Override
    public void strike(Stage stage, RandomGenerator random) throws IOException {
        List<Double> home = stage.script().weights();
        int busy = random.nextInt(home.size() - 1);
        List<Double> away = new ArrayList<>(home);
        Collections.swap(away, busy, home.size() - 1); // the last one is idle at home
        Scene scene = new Scene(stage);
        if (!scene.moves(home)) {
            return;
        }
        JavaProcess helper = stage.movers().get(2);
        helper.tell(MoverOrders.finishes(
                        scene.config(helper, home), stage.shards().get(busy).name())
                .line());
        scene.dies(away);
        if (!scene.says(helper, ChaosMover.ASLEEP)) {
            return;
        }
        JavaProcess mover = stage.movers().get(1);
        boolean movesAgain = scene.moves(home) && scene.sleeps(mover, away, "REFRESH");
        if (movesAgain) {
            stage.lasts(CHANGES);
            stage.tally().add("helpers", CAME_OFF, 1);
        }
        helper.tell("wake");
        scene.ends(helper);
        if (movesAgain) {
            mover.tell("wake");
            scene.ends(mover);
        }
    }

    /** What the processes of this fault do, and whether it came off; other faults strike at the same time. */
    private record Scene(Stage stage) {
        String config(JavaProcess mover, List<Double> weights) throws IOException {
            return stage.writeDirectYaml(mover.name(), weights).toString();
        }

        /** Everybody gets what is theirs by these weights. */
        boolean moves(List<Double> weights) throws IOException {
            JavaProcess mover = stage.movers().get(1);
            String orders = MoverOrders.moves(config(mover, weights), 0).line();
            return inOneOfSomeTries(mover, orders, () -> ends(mover)
                    .filter(line -> line.startsWith("moved"))
                    .isPresent());
        }

        boolean sleeps(JavaProcess mover, List<Double> weights, String before) throws IOException {
            String orders = MoverOrders.movesAndSleeps(config(mover, weights), before, WITH_ROWS)
                    .line();
            return inOneOfSomeTries(mover, orders, () -> says(mover, ChaosMover.ASLEEP));
        }

        private boolean inOneOfSomeTries(JavaProcess mover, String orders, BooleanSupplier afterThePlan) {
            for (int i = 0; i < TRIES && mover.isAlive() && !stage.isOver(); i++) {
                mover.tell(orders);
                if (says(mover, ChaosMover.PLANNED) && afterThePlan.getAsBoolean()) {
                    return true;
                }
            }
            return false;
        }

        /** A mover hands over and does not live to see the target own it. */
        void dies(List<Double> weights) throws IOException {
            JavaProcess mover = stage.movers().get(0);
            sleeps(mover, weights, "ACTIVATE");
            mover.kill();
            stage.movers().get(0); // another begins to stand by
        }

        /** Whether that is the next that it says; if not, it has ended. */
        boolean says(JavaProcess mover, String line) {
            Optional<String> said = MoverFault.await(mover, stage);
            if (said.filter(line::equals).isPresent()) {
                return true;
            }
            MoverFault.record(said, mover, stage);
            return false;
        }

        Optional<String> ends(JavaProcess mover) {
            Optional<String> said = MoverFault.await(mover, stage);
            MoverFault.record(said, mover, stage);
            return said;
        }
    }
}
