package dev.ringshard.bench;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** What needs no database: hashing and routing, by JMH, with the garbage that a call makes. */
final class JmhPart {
    private final boolean isLong;

    JmhPart(boolean isLong) {
        this.isLong = isLong;
    }

    Section run() {
        Section section = new Section("Routing, without a database");
        section.text("By JMH, average time of a call in one thread, with the error of 99.9 %. A key has 17 characters.");
        List<List<String>> rows = new ArrayList<>();
        for (RunResult result : results()) {
            rows.add(row(result));
        }
        section.table(List.of("what", "time", "error", "garbage"), rows);
        return section;
    }

    private Collection<RunResult> results() {
        try {
            return new Runner(new OptionsBuilder()
                            .include(HashBenchmark.class.getName())
                            .include(RoutingBenchmark.class.getName())
                            .addProfiler(GCProfiler.class)
                            .forks(isLong ? 3 : 1)
                            .warmupIterations(3)
                            .warmupTime(TimeValue.seconds(1))
                            .measurementIterations(5)
                            .measurementTime(TimeValue.seconds(1))
                            .build())
                    .run();
        } catch (RunnerException failure) {
            throw new IllegalStateException("JMH did not run", failure);
        }
    }

    private static List<String> row(RunResult result) {
        String hash = result.getParams().getParam("hash");
        double bytes = Objects.requireNonNull(result.getSecondaryResults().get("gc.alloc.rate.norm"))
                .getScore();
        return List.of(
                hash == null
                        ? "key to shard, shards: %s × 128 virtual nodes, md5"
                                .formatted(result.getParams().getParam("shards"))
                        : "key to token, " + hash,
                String.format(Locale.ROOT, "%.0f ns", result.getPrimaryResult().getScore()),
                String.format(Locale.ROOT, "± %.0f ns", result.getPrimaryResult().getScoreError()),
                String.format(Locale.ROOT, "%.0f B", bytes));
    }
}
