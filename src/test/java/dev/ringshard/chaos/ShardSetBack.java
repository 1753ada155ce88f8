package dev.ringshard.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.chaos.MoverOrders.Sleep;
import dev.ringshard.ring.RingStrategies;
import dev.ringshard.testing.JavaProcess;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * A shard is set back to a backup of before its customers moved, while one mover has handed a chunk over and sleeps before
 * the target has taken it. Then that one wakes or dies, another wants to move again and again, and the play ends. Not to be repeated.
 */
final class ShardSetBack implements Fault {
    private static final Duration GOES_ON = Duration.ofSeconds(3);

    /** What becomes of the mover that sleeps. */
    enum Sleeper {
        WAKES,
        DIES
    }

    private final String shard;
    private final List<Double> before;
    private final List<Double> after;
    private final Sleeper sleeper;
    private Kept kept = Kept.NOTHING;

    /**
     * @param shard the shard's name
     * @param before the weights by which customers move after the backup
     * @param after the weights by which they move on when the shard is set back
     * @param sleeper what becomes of who moves them on
     */
    ShardSetBack(String shard, List<Double> before, List<Double> after, Sleeper sleeper) {
        this.shard = shard;
        this.before = before;
        this.after = after;
        this.sleeper = sleeper;
    }

    @Override
    public String name() {
        return "SHARD_SET_BACK";
    }

    /** What was there, on whatever shard, when the shard had just been set back. */
    Kept kept() {
        return kept;
    }

    @Override
    public void strike(Stage stage, RandomGenerator random) throws IOException, SQLException {
        StagedShard unlucky = stage.shard(shard);
        Kept backup = Kept.on(List.of(unlucky));
        unlucky.server().kill();
        unlucky.server().backUp();
        unlucky.server().restart();

        moveAll(stage);
        JavaProcess late = asleep(stage);
        unlucky.server().kill();
        unlucky.server().restore();
        kept = backup.or(Kept.on(
                stage.shards().stream().filter(one -> !one.equals(unlucky)).toList()));
        unlucky.server().restart();

        switch (sleeper) {
            case WAKES -> end(awake(late, stage), late, stage);
            case DIES -> late.kill();
        }
        goOn(stage, random);
        stage.end();
    }

    /** What moves may fail while a server starts again. */
    private void moveAll(Stage stage) throws IOException {
        JavaProcess mover = stage.movers().get(0);
        Optional<String> said = Optional.of("");
        while (!said.equals(Optional.of(ChaosMover.MOVED))) {
            mover.tell(MoverOrders.moves(config(stage, mover, before), 0).line());
            said = afterPlan(mover, stage);
            end(said, mover, stage);
            assertThat(stage.isOver())
                    .as("the play is over before anything moved")
                    .isFalse();
        }
    }

    private JavaProcess asleep(Stage stage) throws IOException {
        JavaProcess late = stage.movers().get(1);
        late.tell(MoverOrders.sleeps(config(stage, late, after), Sleep.BEFORE_ACTIVATE)
                .line());
        assertThat(afterPlan(late, stage)).contains(ChaosMover.ASLEEP);
        return late;
    }

    /** It comes to the same place again where a shard did not answer yet. */
    private static Optional<String> awake(JavaProcess late, Stage stage) {
        Optional<String> said;
        do {
            late.tell("wake");
            said = MoverFault.await(late, stage);
        } while (said.filter(ChaosMover.ASLEEP::equals).isPresent());
        return said;
    }

    private void goOn(Stage stage, RandomGenerator random) throws IOException {
        long began = System.nanoTime();
        JavaProcess mover = stage.movers().get(0);
        while (!stage.isOver() && System.nanoTime() - began < GOES_ON.toNanos()) {
            MoverFault.begin(mover, stage, random);
            end(afterPlan(mover, stage), mover, stage);
        }
    }

    private static String config(Stage stage, JavaProcess mover, List<Double> weights) throws IOException {
        return stage.writeYaml(mover.name(), RingStrategies.named("vnodes"), weights)
                .toString();
    }

    private static Optional<String> afterPlan(JavaProcess mover, Stage stage) {
        Optional<String> said = MoverFault.await(mover, stage);
        return said.equals(Optional.of(ChaosMover.PLANNED)) ? MoverFault.await(mover, stage) : said;
    }

    /** That the shard was set back is the one failure that is meant. */
    private void end(Optional<String> said, JavaProcess mover, Stage stage) {
        if (said.filter(line -> line.startsWith(ChaosMover.WRONG)
                        && line.contains("Shard " + shard)
                        && line.contains("was set back in time"))
                .isPresent()) {
            stage.tally().add(MoverFault.ENDED, "refused", 1);
        } else {
            MoverFault.record(said, mover, stage);
        }
    }
}
