package dev.ringshard.event;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Who listens has no say in what has been done. */
class EventsTest {
    @Test
    void an_error_of_a_listener_fails_no_call_and_keeps_nothing_from_others() {
        Events events = new Events();
        Counting second = new Counting();
        events.listen(new RingshardListener() {
            @Override
            public void ended(Operation operation, String shard, Outcome outcome, long nanos) {
                throw new NoClassDefFoundError("of a registry of meters");
            }
        });
        events.listen(second);

        String result = events.timed(Operation.TRANSACTION, () -> "eu-1", () -> "committed");

        assertThat(result).isEqualTo("committed");
        assertThat(second.calls).isOne();
    }

    private static final class Counting implements RingshardListener {
        private int calls;

        @Override
        public void ended(Operation operation, String shard, Outcome outcome, long nanos) {
            calls++;
        }
    }
}
