package dev.ringshard.cli;

import dev.ringshard.cli.screen.Numbers;
import dev.ringshard.cli.screen.ReportJson;
import dev.ringshard.cli.screen.ScreenStyle;
import dev.ringshard.cli.screen.ScreenTable;
import dev.ringshard.cli.screen.Terminal;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.event.MovedChunk;
import dev.ringshard.internal.ring.RangeMove;
import dev.ringshard.internal.watch.ClusterWatch;
import dev.ringshard.internal.watch.ObservedCluster;
import dev.ringshard.status.ClusterStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A rebalance that runs now, in this or another process, as observed for a second or two.
 *
 * @param rows that were handed over meanwhile
 * @param remaining what has still to move, by pairs of shards; at least, for only the mover knows its plan, and from a ring
 *     that has half moved the strategy may be content with less
 */
record RebalanceInProgress(long rows, Duration watched, List<Remaining> remaining) {
    private static final Duration PAUSE = Duration.ofMillis(250);

    /** Enough for a rate. */
    private static final Duration LONG_ENOUGH = Duration.ofSeconds(1);

    /** A mover that has done nothing for so long is not there, or waits. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    /** What one shard has still to give to another: part of the ring, 0 to 1, and about how many rows. */
    record Remaining(String source, String target, double share, long rows) {}

    /** The part of the ring that has still to move, 0 to 1. */
    double share() {
        return remaining.stream().mapToDouble(Remaining::share).sum();
    }

    /** Watches for a second or two; empty if nothing moves. */
    static Optional<RebalanceInProgress> watch(RingshardConfig config, ClusterStatus status, Terminal terminal) {
        try (ClusterWatch watch = ClusterWatch.open(config)) {
            ObservedCluster before = watch.look();
            long start = terminal.nanoTime().getAsLong();
            Duration watched = Duration.ZERO;
            boolean moves = false;
            long rows = 0;
            while (watched.compareTo(moves ? LONG_ENOUGH : PATIENCE) < 0) {
                TimeUnit.NANOSECONDS.sleep(PAUSE.toNanos());
                ObservedCluster now = watch.look();
                moves |= isMovement(before, now);
                rows += now.handovers().stream().mapToLong(MovedChunk::rows).sum();
                watched = Duration.ofNanos(terminal.nanoTime().getAsLong() - start);
                before = now;
            }
            return moves ? Optional.of(new RebalanceInProgress(rows, watched, left(before, status))) : Optional.empty();
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /** What a dead mover has left does not change. */
    private static boolean isMovement(ObservedCluster before, ObservedCluster now) {
        return !now.handovers().isEmpty()
                || !before.ring().transit().containsAll(now.ring().transit());
    }

    private record Pair(String source, String target) {}

    private static List<Remaining> left(ObservedCluster seen, ClusterStatus status) {
        Map<Pair, Double> shares = new LinkedHashMap<>();
        for (RangeMove move : seen.ring().pending()) {
            shares.merge(new Pair(move.source(), move.target()), move.range().fraction(), Double::sum);
        }
        List<Remaining> remaining = new ArrayList<>();
        shares.forEach((pair, share) ->
                remaining.add(new Remaining(pair.source, pair.target, share, rows(status, pair.source, share))));
        return remaining;
    }

    private static long rows(ClusterStatus status, String source, double share) {
        return status.shards().stream()
                .filter(shard -> shard.name().equals(source) && shard.share() > 0)
                .mapToLong(shard -> Math.round(shard.allRows().orElse(0) * Math.min(1, share / shard.share())))
                .sum();
    }

    List<String> lines(ScreenStyle style) {
        List<String> lines = new ArrayList<>();
        lines.add(style.strong("A rebalance is under way: %s moved in the last %s, %s."
                .formatted(Numbers.count(rows, "row", "rows"), Numbers.time(watched), Numbers.rate(rows, watched))));
        lines.add("Still to move: at least %s of the ring.".formatted(Numbers.percent(share())));
        if (!remaining.isEmpty()) {
            ScreenTable table = new ScreenTable()
                    .left("from")
                    .left("to")
                    .right("of the ring")
                    .right("rows, about");
            remaining.forEach(
                    pair -> table.row(pair.source, pair.target, Numbers.percent(pair.share), Numbers.count(pair.rows)));
            lines.addAll(table.lines(style));
        }
        return lines;
    }

    Map<String, ?> json() {
        return ReportJson.fields()
                .with("rows", rows)
                .with("seconds", Numbers.seconds(watched))
                .with("rowsPerSecond", Math.round(1e9 * rows / Math.max(1, watched.toNanos())))
                .with("share", share())
                .with("moves", remaining.stream().map(RebalanceInProgress::json).toList());
    }

    private static Map<String, ?> json(Remaining pair) {
        return ReportJson.fields()
                .with("source", pair.source)
                .with("target", pair.target)
                .with("share", pair.share)
                .with("rows", pair.rows);
    }
}
