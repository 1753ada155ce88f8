package dev.ringshard.rebalance;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ChunkSizeTest {
    private static final Duration TARGET = Duration.ofMillis(20);

    private final ChunkSize size = new ChunkSize(TARGET);

    @Test
    void it_settles_where_a_chunk_makes_writers_wait_half_of_what_they_may() {
        for (int i = 0; i < 50; i++) {
            size.paused(pauseOf(size.rows()));
        }
        assertThat(pauseOf(size.rows())).isBetween(Duration.ofMillis(9), Duration.ofMillis(11));
    }

    /** 2 ms for each chunk, and 10 µs for each row. */
    private static Duration pauseOf(long rows) {
        return Duration.ofMillis(2).plusNanos(10_000 * rows);
    }

    @Test
    void one_long_pause_halves_it_and_one_short_pause_does_not_more_than_half_it_again() {
        long first = size.rows();
        size.paused(Duration.ofSeconds(10));
        assertThat(size.rows()).isEqualTo(first / 2);
        size.paused(Duration.ZERO);
        assertThat(size.rows()).isEqualTo(Math.round(first / 2.0 * 1.5));
    }

    @Test
    void it_stays_within_bounds_whatever_the_pauses() {
        for (int i = 0; i < 100; i++) {
            size.paused(Duration.ofSeconds(10));
        }
        assertThat(size.rows()).isEqualTo(20);
        for (int i = 0; i < 100; i++) {
            size.paused(Duration.ZERO);
        }
        assertThat(size.rows()).isEqualTo(5_000);
    }
}
