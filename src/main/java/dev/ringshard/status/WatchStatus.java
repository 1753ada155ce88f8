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
 * A watch that rebalances by itself, in whatever process, as it has told the shards last. Ages are by the clock of one shard.
 *
 * @param id made up when it began
 * @param instance its machine and process
 * @param decision what it has decided last, and why
 * @param ages of all that
 */
public record WatchStatus(String id, String instance, WatchDecision decision, Ages ages) {
    /** One that has not been heard of for longer is gone, or reaches no shard: it tells the shards how it is four times as often. */
    public static final Duration SILENCE = Duration.ofMinutes(2);

    /**
     * How long ago something was.
     *
     * @param started when it began
     * @param decided when it first decided as it does now
     * @param looked when it last looked
     * @param heard when it last told a shard
     */
    public record Ages(Duration started, Duration decided, Duration looked, Duration heard) {}

    /** What several shards were told of several, each once, by its newest word. */
    public static List<WatchStatus> newest(Collection<WatchStatus> told) {
        return told.stream()
                .collect(Collectors.toMap(
                        WatchStatus::id,
                        Function.identity(),
                        BinaryOperator.minBy(Comparator.comparing(watch -> watch.ages.heard))))
                .values()
                .stream()
                .sorted(Comparator.comparing(WatchStatus::instance).thenComparing(WatchStatus::id))
                .toList();
    }

    /** Whether it does nothing any more until a person has looked. */
    public boolean hasStopped() {
        return decision.kind() == Kind.STOPPED;
    }

    /** Whether it should have been heard of since. */
    public boolean isSilent() {
        return !hasStopped() && ages.heard.compareTo(SILENCE) > 0;
    }

    /** Whether it does what it was started for. */
    public boolean isWell() {
        return !hasStopped() && !isSilent();
    }
}
