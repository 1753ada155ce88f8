package dev.ringshard.rebalance;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ThrottleTest {
    private final AtomicLong now = new AtomicLong();

    @Test
    void without_a_limit_nobody_waits() {
        assertThat(new Throttle(OptionalLong.empty(), now::get).moved(1_000_000))
                .isZero();
    }

    @Test
    void all_together_wait_as_long_as_their_rows_take_at_the_limit() {
        Throttle throttle = new Throttle(OptionalLong.of(1_000), now::get);

        assertThat(throttle.moved(500)).isEqualTo(Duration.ofMillis(500));
        assertThat(throttle.moved(250)).isEqualTo(Duration.ofMillis(750));
        now.addAndGet(Duration.ofMillis(700).toNanos());
        assertThat(throttle.moved(100)).isEqualTo(Duration.ofMillis(150));
    }

    @Test
    void a_pause_earns_no_burst() {
        Throttle throttle = new Throttle(OptionalLong.of(1_000), now::get);
        now.addAndGet(Duration.ofHours(1).toNanos());

        assertThat(throttle.moved(500)).isEqualTo(Duration.ofMillis(500));
    }
}
