package dev.ringshard.status;

import dev.ringshard.event.WatchDecision;
import dev.ringshard.event.WatchDecision.Kind;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A watch that rebalances by itself, in whatever process, as it reported to the shards last. Ages are by the clock of one shard.
 *
 * @param id made up when it began
 * @param instance its machine and process
 * @param decision its last decision, with the reason
 * @param ages how long ago each of these was
 */
public record WatchStatus(String id, String instance, WatchDecision decision, Ages ages) {
    /** A watch whose last report is older than this has died, or reaches no shard. It reports four times as often. */
    public static final Duration SILENCE = Duration.ofMinutes(2);

    /**
     * Ages of what a watch did.
     *
     * @param started when it began
     * @param decided when it first decided as it does now
     * @param looked when it last looked
     * @param heard its last report to a shard
     */
    public record Ages(Duration started, Duration decided, Duration looked, Duration heard) {}

    /** Of the reports that all shards have, the most recent of each watch; in the order of {@code instance} and {@code id}. */
    public static List<WatchStatus> latestById(Collection<WatchStatus> reports) {
        return reports.stream()
                .collect(Collectors.toMap(
                        WatchStatus::id,
                        Function.identity(),
                        BinaryOperator.minBy(Comparator.comparing(watch -> watch.ages.heard))))
                .values()
                .stream()
                .sorted(Comparator.comparing(WatchStatus::instance).thenComparing(WatchStatus::id))
                .toList();
    }

    /** Whether it has stopped by itself; a person has to start it again. */
    public boolean hasStopped() {
        return decision.kind() == Kind.STOPPED;
    }

    /** Whether it has not stopped, and its last report is older than {@link #SILENCE}. */
    public boolean isSilent() {
        return !hasStopped() && ages.heard.compareTo(SILENCE) > 0;
    }

    /** Whether it runs: neither stopped nor silent. */
    public boolean isWell() {
        return !hasStopped() && !isSilent();
    }
}
