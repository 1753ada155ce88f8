package dev.ringshard.cli.bank.csv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.failure.OutcomeUnknownException;
import dev.ringshard.failure.ShardUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class UnknownOutcomeRetryTest {
    private final List<Duration> waits = new ArrayList<>();
    private final UnknownOutcomeRetry unknown = new UnknownOutcomeRetry(waits::add);
    private int calls;

    @Test
    void a_lost_answer_is_asked_for_again_also_while_the_shard_is_away() {
        String answer = unknown.settled(() -> switch (++calls) {
            case 1 -> throw new OutcomeUnknownException("No answer.");
            case 2 -> throw ShardUnavailableException.unreachable("eu-1", "Gone.", "Away.", null);
            default -> "applied";
        });

        assertThat(answer).isEqualTo("applied");
        assertThat(waits).containsExactly(Duration.ofMillis(100), Duration.ofMillis(200));
    }

    @Test
    void after_seven_attempts_it_stays_unknown() {
        assertThatThrownBy(() -> unknown.settled(() -> {
                    calls++;
                    throw new OutcomeUnknownException("No answer " + calls);
                }))
                .isInstanceOf(OutcomeUnknownException.class)
                .hasMessage("No answer 1");
        assertThat(calls).isEqualTo(7);
    }

    @Test
    void a_shard_that_is_away_before_anything_was_sent_is_not_waited_for() {
        assertThatThrownBy(() -> unknown.settled(() -> {
                    throw ShardUnavailableException.unreachable("eu-1", "Gone.", "Away.", null);
                }))
                .isInstanceOf(ShardUnavailableException.class);
        assertThat(waits).isEmpty();
    }
}
