package dev.ringshard.internal.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ringshard.failure.ContentionException;
import dev.ringshard.failure.NoOwnerException;
import dev.ringshard.failure.OutcomeUnknownException;
import dev.ringshard.failure.RingshardException;
import dev.ringshard.failure.ShardUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class RetryTest {
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private long now;
    private final List<Duration> waits = new ArrayList<>();
    private final Retry retry = new Retry(PATIENCE, () -> now, this::sleep, new Random(1));
    private int attempts;

    private void sleep(Duration duration) {
        waits.add(duration);
        now += duration.toNanos();
    }

    @Test
    void returns_what_the_first_attempt_returns() {
        assertThat(retry.run(() -> "done", failure -> {})).isEqualTo("done");
        assertThat(waits).isEmpty();
    }

    @Test
    void repeats_what_had_no_effect_and_tells_before_each_repetition() {
        List<RingshardException> told = new ArrayList<>();
        List<RingshardException> failures = List.of(
                new NoOwnerException("moved"),
                new ContentionException("busy"),
                ShardUnavailableException.lost("eu-1", "Lost.", "Repeat it.", null));

        String result = retry.run(failingWith(failures), told::add);

        assertThat(result).isEqualTo("done");
        assertThat(told).isEqualTo(failures);
        assertThat(waits).hasSize(3);
    }

    @Test
    void never_repeats_a_commit_without_an_answer_nor_a_shard_that_cannot_be_reached() {
        for (RingshardException failure : List.of(
                new OutcomeUnknownException("no answer"),
                ShardUnavailableException.unreachable("eu-1", "Down.", "Repeat it.", null))) {
            attempts = 0;
            assertThatThrownBy(() -> retry.run(failingWith(List.of(failure)), told -> {}))
                    .isSameAs(failure);
            assertThat(attempts).isEqualTo(1);
        }
    }

    @Test
    void gives_up_when_patience_runs_out_and_keeps_earlier_failures() {
        ContentionException last = catchThrowableOfType(
                ContentionException.class,
                () -> retry.run(
                        () -> {
                            throw new ContentionException("busy " + attempts++);
                        },
                        failure -> {}));

        assertThat(last).hasMessage("busy " + (attempts - 1));
        assertThat(last.getSuppressed()).hasSize(5);
        assertThat(Duration.ofNanos(now)).isBetween(PATIENCE, PATIENCE.plusMillis(100));
        assertThat(waits).allMatch(wait -> wait.compareTo(Duration.ofMillis(100)) < 0);
        assertThat(waits.subList(0, 3)).allMatch(wait -> wait.compareTo(Duration.ofMillis(4)) < 0);
    }

    @Test
    void an_interrupt_ends_the_waiting_and_stays_set() {
        Retry interrupted = new Retry(
                PATIENCE,
                () -> now,
                duration -> {
                    throw new InterruptedException();
                },
                new Random(1));
        NoOwnerException failure = new NoOwnerException("moved");

        assertThatThrownBy(() -> interrupted.run(failingWith(List.of(failure)), told -> {}))
                .isSameAs(failure);
        assertThat(Thread.interrupted()).isTrue();
    }

    private Supplier<String> failingWith(List<? extends RingshardException> failures) {
        return () -> {
            if (attempts < failures.size()) {
                throw failures.get(attempts++);
            }
            return "done";
        };
    }
}
