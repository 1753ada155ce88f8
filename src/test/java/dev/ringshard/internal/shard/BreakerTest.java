package dev.ringshard.internal.shard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.status.BreakerState;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BreakerTest {
    private static final long START = Long.MAX_VALUE - Duration.ofSeconds(1).toNanos(); // it wraps while the test waits

    private final AtomicLong nanos = new AtomicLong(START);
    private final Breaker breaker = new Breaker(nanos::get);

    @Test
    void a_shard_that_answers_may_always_be_tried() {
        for (int i = 0; i < 20; i++) {
            assertThat(breaker.permits()).isTrue();
            breaker.reached();
        }
        assertThat(breaker.state()).isEqualTo(BreakerState.CLOSED);
    }

    @Test
    void two_failures_among_five_attempts_are_borne() {
        for (int i = 0; i < 10; i++) {
            attempts("ff...");
        }
        assertThat(breaker.state()).isEqualTo(BreakerState.CLOSED);
    }

    @Test
    void three_failures_in_a_row_open_it() {
        attempts("fff");

        assertThat(breaker.state()).isEqualTo(BreakerState.OPEN);
        assertThat(breaker.permits()).isFalse();
    }

    @Test
    void three_failures_among_five_attempts_open_it_with_successes_between_them() {
        attempts(".....f.f.");
        assertThat(breaker.state()).isEqualTo(BreakerState.CLOSED);

        attempts("f");

        assertThat(breaker.state()).isEqualTo(BreakerState.OPEN);
    }

    @Test
    void failures_more_than_five_attempts_ago_are_forgotten() {
        attempts("ff....f");

        assertThat(breaker.state()).isEqualTo(BreakerState.CLOSED);
    }

    @Test
    void it_refuses_for_two_seconds_and_then_lets_one_through() {
        attempts("fff");

        pass(Duration.ofMillis(1_999));
        assertThat(breaker.permits()).isFalse();
        assertThat(breaker.state()).isEqualTo(BreakerState.OPEN);

        pass(Duration.ofMillis(1));
        assertThat(breaker.permits()).isTrue();
        assertThat(breaker.state()).isEqualTo(BreakerState.HALF_OPEN);
        assertThat(breaker.permits()).isFalse();
    }

    @Test
    void one_who_gets_through_closes_it_with_no_failure_remembered() {
        openAndProbe();

        breaker.reached();

        assertThat(breaker.state()).isEqualTo(BreakerState.CLOSED);
        attempts("ff");
        assertThat(breaker.state()).isEqualTo(BreakerState.CLOSED);
    }

    @Test
    void one_who_fails_opens_it_for_another_two_seconds() {
        openAndProbe();

        breaker.failed();

        assertThat(breaker.state()).isEqualTo(BreakerState.OPEN);
        pass(Duration.ofMillis(1_999));
        assertThat(breaker.permits()).isFalse();
        pass(Duration.ofMillis(1));
        assertThat(breaker.permits()).isTrue();
    }

    @Test
    void one_who_was_let_through_and_did_not_try_leaves_his_turn_to_the_next() {
        openAndProbe();

        breaker.notTried();

        assertThat(breaker.permits()).isTrue();
        assertThat(breaker.permits()).isFalse();
    }

    @Test
    void what_was_not_tried_counts_neither_way() {
        attempts("ff");
        for (int i = 0; i < 5; i++) {
            assertThat(breaker.permits()).isTrue();
            breaker.notTried();
        }
        assertThat(breaker.state()).isEqualTo(BreakerState.CLOSED);

        attempts("f");

        assertThat(breaker.state()).isEqualTo(BreakerState.OPEN);
    }

    @Test
    void attempts_that_began_before_it_opened_neither_close_it_nor_make_it_last_longer() {
        assertThat(breaker.permits()).isTrue();
        assertThat(breaker.permits()).isTrue();
        attempts("fff");
        pass(Duration.ofSeconds(1));

        breaker.reached();
        assertThat(breaker.state()).isEqualTo(BreakerState.OPEN);
        breaker.failed();

        pass(Duration.ofSeconds(1));
        assertThat(breaker.permits()).isTrue();
    }

    @Test
    void of_many_threads_that_ask_at_once_one_is_let_through() throws Exception {
        int threads = 8;
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        CyclicBarrier together = new CyclicBarrier(threads);
        try {
            for (int round = 0; round < 200; round++) {
                attempts("fff");
                pass(Duration.ofSeconds(2));
                List<Future<Boolean>> asked = IntStream.range(0, threads)
                        .mapToObj(thread -> executor.submit(() -> {
                            together.await();
                            return breaker.permits();
                        }))
                        .toList();
                int permitted = 0;
                for (Future<Boolean> answer : asked) {
                    permitted += answer.get() ? 1 : 0;
                }
                assertThat(permitted).isEqualTo(1);
                breaker.reached();
            }
        } finally {
            executor.shutdown();
        }
    }

    @Test
    void of_many_threads_that_fail_at_once_no_failure_is_lost() throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(3);
        CyclicBarrier together = new CyclicBarrier(3);
        try {
            for (int round = 0; round < 200; round++) {
                Breaker fresh = new Breaker(nanos::get);
                List<Future<?>> failing = IntStream.range(0, 3)
                        .<Future<?>>mapToObj(thread -> executor.submit(() -> {
                            together.await();
                            fresh.failed();
                            return null;
                        }))
                        .toList();
                for (Future<?> failed : failing) {
                    failed.get();
                }
                assertThat(fresh.state()).isEqualTo(BreakerState.OPEN);
            }
        } finally {
            executor.shutdown();
        }
    }

    private void openAndProbe() {
        attempts("fff");
        pass(Duration.ofSeconds(2));
        assertThat(breaker.permits()).isTrue();
    }

    /** @param outcomes one attempt a letter: f fails, any other gets through */
    private void attempts(String outcomes) {
        outcomes.chars().forEach(outcome -> {
            assertThat(breaker.permits()).isTrue();
            if (outcome == 'f') {
                breaker.failed();
            } else {
                breaker.reached();
            }
        });
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }
}
