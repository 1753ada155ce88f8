package dev.ringshard.rebalance;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ChunkSizeTest {
    private final ChunkSize size = new ChunkSize(100_000);

    @Test
    void it_settles_where_a_chunk_takes_a_second_to_copy() {
        for (int i = 0; i < 50; i++) {
            size.copied(Duration.ofNanos(20_000 * size.rows()));
        }
        assertThat(size.rows()).isBetween(49_000L, 51_000L);
    }

    @Test
    void one_slow_chunk_halves_it_and_one_fast_chunk_does_not_more_than_quadruple_it() {
        long first = size.rows();
        size.copied(Duration.ofSeconds(100));
        assertThat(size.rows()).isEqualTo(first / 2);
        size.copied(Duration.ZERO);
        assertThat(size.rows()).isEqualTo(2 * first);
    }

    @Test
    void it_stays_within_bounds_whatever_it_takes() {
        for (int i = 0; i < 100; i++) {
            size.copied(Duration.ofSeconds(100));
        }
        assertThat(size.rows()).isEqualTo(20);
        for (int i = 0; i < 100; i++) {
            size.copied(Duration.ZERO);
        }
        assertThat(size.rows()).isEqualTo(100_000);
    }

    @Test
    void a_bound_below_the_smallest_size_holds_all_the_same() {
        ChunkSize smallest = new ChunkSize(1);
        smallest.copied(Duration.ofSeconds(100));
        assertThat(smallest.rows()).isEqualTo(1);
    }
}
