package dev.ringshard.internal.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ParallelTest {
    /** However much there is: what is over is done by whoever brings it. */
    @Test
    @Timeout(value = 1, unit = TimeUnit.MINUTES)
    void work_takes_no_more_threads_than_are_allowed_and_is_all_done() {
        ExecutorService threads = Parallel.threads(2);
        Map<Thread, Boolean> used = new ConcurrentHashMap<>();
        List<Integer> work = IntStream.range(0, 100).boxed().toList();
        try {
            Map<Integer, Parallel.Outcome<Integer>> done = Parallel.forEach(threads, work, number -> {
                used.put(Thread.currentThread(), true);
                return 2 * number;
            });

            assertThat(done).hasSize(100);
            done.forEach((number, outcome) -> assertThat(outcome.get()).isEqualTo(2 * number));
            used.remove(Thread.currentThread());
            assertThat(used).hasSizeLessThanOrEqualTo(2);
        } finally {
            threads.shutdown();
        }
    }
}
