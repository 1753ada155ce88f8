package dev.ringshard.bench;

import static dev.ringshard.cli.Screens.NEXT;
import static dev.ringshard.cli.Screens.assertScreen;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.cli.screen.ExitCode;
import dev.ringshard.cli.screen.ScreenStyle;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The screens of a benchmark. */
class BenchScreensTest {
    @Test
    void a_benchmark_shows_both_sides_and_the_ratio() {
        assertScreen(ScreenStyle.PLAIN, benchmark(List.of(COMPARED, MIXED, COMPARED, COMPARED), false), """
                Cluster bank · 4 shards · 8 threads · 10,000 customers · 5 rounds of 500.0 ms for each

                  work        by             rate      p50      p99    p99.9  ratio  from    to
                  point read  Ringshard  31,204/s  0.24 ms  0.61 ms  1.20 ms   0.87  0.85  0.90
                              raw JDBC   36,010/s  0.20 ms  0.55 ms  1.10 ms
                  mix 90:10   Ringshard  31,204/s  0.24 ms  0.61 ms  1.20 ms   1.00  0.99  1.01
                              raw JDBC   36,010/s  0.20 ms  0.55 ms  1.10 ms
                  point read  Ringshard  31,204/s  0.24 ms  0.61 ms  1.20 ms   0.87  0.85  0.90
                              raw JDBC   36,010/s  0.20 ms  0.55 ms  1.10 ms
                  point read  Ringshard  31,204/s  0.24 ms  0.61 ms  1.20 ms   0.87  0.85  0.90
                              raw JDBC   36,010/s  0.20 ms  0.55 ms  1.10 ms

                Ratio: Ringshard's rate to that of raw JDBC, by turns on the same connections; the median round,
                and the lowest and highest. Raw JDBC has no fence, and writes to tables of its own.
                What the run stored is removed; no other customer was touched.
                Next: ringshard status --config bank.yaml
                """);
    }

    @Test
    void a_benchmark_that_was_stopped_shows_what_it_has_and_what_it_kept() {
        BenchReport stopped = benchmark(List.of(), true);
        assertThat(stopped.exitCode()).isEqualTo(ExitCode.FAILED);
        assertScreen(ScreenStyle.PLAIN, stopped, """
                Cluster bank · 4 shards · 8 threads · 10,000 customers · 5 rounds of 500.0 ms for each

                Stopped on request.
                What the run stored is still there.
                Next: the same with -Dbench="cluster --config bank.yaml --remove bench-3f9a01c7"
                """);
    }

    private static final Figures RINGSHARD =
            new Figures(31_204.4, Duration.ofNanos(240_000), Duration.ofNanos(610_000), Duration.ofNanos(1_200_000), 3);
    private static final Figures RAW =
            new Figures(36_010, Duration.ofNanos(200_000), Duration.ofNanos(550_000), Duration.ofNanos(1_100_000), 2);
    private static final Comparison COMPARED = new Comparison(Workload.POINT_READ, RINGSHARD, RAW, 0.867, 0.85, 0.9);
    private static final Comparison MIXED = new Comparison(Workload.MIX, RINGSHARD, RAW, 1, 0.99, 1.01);

    private static BenchReport benchmark(List<Comparison> comparisons, boolean isKept) {
        BenchSettings settings = new BenchSettings(8, Duration.ofSeconds(20), Mix.MOSTLY_READS, 10_000, 1);
        return new BenchReport(new BenchReport.Setup("bank", 4, settings, "bench-3f9a01c7", isKept), comparisons, NEXT);
    }
}
