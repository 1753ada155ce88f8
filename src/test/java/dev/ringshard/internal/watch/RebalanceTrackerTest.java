package dev.ringshard.internal.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.event.MovedChunk;
import dev.ringshard.ring.TokenRange;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The story that looks tell, by a clock set by hand. */
class RebalanceTrackerTest {
    private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");
    private static final RangeInTransit STAGED = new RangeInTransit(new TokenRange(0, 9), "eu-1", "eu-2", false);

    private final RebalanceTracker movement = new RebalanceTracker();
    private Instant now = NOON;

    @Test
    void nothing_has_run_as_long_as_nothing_moves() {
        look(List.of(), Set.of(), 0.25);
        look(List.of(), Set.of(), 0.25);

        assertThat(movement.run()).isEmpty();
        assertThat(movement.isActive()).isFalse();
    }

    @Test
    void a_run_is_measured_against_what_was_to_move_before_it_began() {
        look(List.of(), Set.of(), 0.20);
        look(List.of(chunk(400, 4)), Set.of(), 0.15);
        look(List.of(chunk(600, 8)), Set.of(), 0.10);

        ObservedRebalance run = movement.run().orElseThrow();
        assertThat(run.isActive()).isTrue();
        assertThat(run.began()).isEqualTo(NOON);
        assertThat(run.rows()).isEqualTo(1000);
        assertThat(run.rowsPerSecond()).isEqualTo(500);
        assertThat(run.doneShare().orElseThrow()).isEqualTo(0.5);
        assertThat(run.timeLeft()).contains(Duration.ofSeconds(2));
        assertThat(run.pauses().chunks()).isEqualTo(2);
        assertThat(run.pauses().longest()).isBetween(Duration.ofMillis(8), Duration.ofNanos(8_010_000));
        assertThat(movement.samples()).extracting(RateSample::rowsPerSecond).containsExactly(400.0, 600.0);
    }

    @Test
    void it_has_ended_once_nothing_is_left_to_move() {
        look(List.of(), Set.of(), 0.1);
        look(List.of(chunk(10, 1)), Set.of(), 0);
        look(List.of(), Set.of(), 0);

        assertThat(movement.run().orElseThrow().isActive()).isFalse();
        assertThat(movement.run().orElseThrow().doneShare()).contains(1.0);
        assertThat(movement.run().orElseThrow().elapsed()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void a_copy_that_was_staged_and_stays_is_no_movement_for_long() {
        look(List.of(), Set.of(), 0.1);
        look(List.of(), Set.of(STAGED), 0.1);
        assertThat(movement.isActive()).isTrue();

        for (int i = 0; i < 5; i++) {
            look(List.of(), Set.of(STAGED), 0.1);
        }
        assertThat(movement.isActive()).isFalse();
    }

    @Test
    void the_next_run_begins_from_nothing() {
        look(List.of(), Set.of(), 0.2);
        look(List.of(chunk(100, 50)), Set.of(), 0);
        look(List.of(), Set.of(), 0);
        look(List.of(), Set.of(), 0.4); // the configuration has changed
        look(List.of(chunk(7, 2)), Set.of(), 0.3);

        ObservedRebalance run = movement.run().orElseThrow();
        assertThat(run.rows()).isEqualTo(7);
        assertThat(run.doneShare().orElseThrow()).isBetween(0.2499, 0.2501);
        assertThat(run.pauses().longest()).isLessThan(Duration.ofMillis(3));
    }

    @Test
    void what_cannot_be_told_is_left_open() {
        look(List.of(), Set.of(), Double.NaN);
        look(List.of(new MovedChunk("eu-1", "eu-2", 5, Optional.empty())), Set.of(), Double.NaN);

        ObservedRebalance run = movement.run().orElseThrow();
        assertThat(run.doneShare()).isEmpty();
        assertThat(run.timeLeft()).isEmpty();
        assertThat(run.pauses().chunks())
                .as("its mover died, and nobody measured")
                .isZero();
    }

    private static MovedChunk chunk(long rows, long pauseMillis) {
        return new MovedChunk("eu-1", "eu-2", rows, Optional.of(Duration.ofMillis(pauseMillis)));
    }

    private void look(List<MovedChunk> handovers, Set<RangeInTransit> transit, double pending) {
        movement.saw(now, handovers, transit, pending);
        now = now.plusSeconds(1);
    }
}
