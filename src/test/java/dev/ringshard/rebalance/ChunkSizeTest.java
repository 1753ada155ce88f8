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
            pause(Duration.ofMillis(2));
        }
        assertThat(ofRows().plusMillis(2)).isBetween(Duration.ofMillis(9), Duration.ofMillis(11));
    }

    @Test
    void where_most_of_the_pause_is_not_due_to_the_rows_they_still_get_a_part_of_it() {
        for (int i = 0; i < 50; i++) {
            pause(Duration.ofMillis(40));
        }
        assertThat(ofRows()).isBetween(Duration.ofMillis(4), Duration.ofMillis(6));
    }

    private void pause(Duration rest) {
        size.paused(rest.plus(ofRows()), ofRows());
    }

    /** 10 µs for each row. */
    private Duration ofRows() {
        return Duration.ofNanos(10_000 * size.rows());
    }

    @Test
    void one_long_pause_halves_it_and_one_short_pause_does_not_more_than_double_it_again() {
        long first = size.rows();
        size.paused(Duration.ofSeconds(10), Duration.ofSeconds(10));
        assertThat(size.rows()).isEqualTo(first / 2);
        size.paused(Duration.ZERO, Duration.ZERO);
        assertThat(size.rows()).isEqualTo(Math.round(first / 2.0 * 2));
    }

    @Test
    void it_stays_within_bounds_whatever_the_pauses() {
        for (int i = 0; i < 100; i++) {
            size.paused(Duration.ofSeconds(10), Duration.ofSeconds(10));
        }
        assertThat(size.rows()).isEqualTo(20);
        for (int i = 0; i < 100; i++) {
            size.paused(Duration.ZERO, Duration.ZERO);
        }
        assertThat(size.rows()).isEqualTo(1_200);
    }

    @Test
    void who_lets_writers_wait_longer_gets_larger_chunks_up_to_a_bound() {
        assertThat(largest(Duration.ofMillis(100))).isEqualTo(6_000);
        assertThat(largest(Duration.ofSeconds(10))).isEqualTo(10_000);
        assertThat(largest(Duration.ofNanos(1))).isEqualTo(20);
    }

    private static long largest(Duration target) {
        ChunkSize size = new ChunkSize(target);
        for (int i = 0; i < 100; i++) {
            size.paused(Duration.ZERO, Duration.ZERO);
        }
        return size.rows();
    }
}
