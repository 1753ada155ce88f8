package dev.ringshard.internal.serve;

import dev.ringshard.internal.watch.ObservedCluster;
import dev.ringshard.internal.watch.ObservedRebalance;
import dev.ringshard.status.BehindCopy;
import dev.ringshard.status.ClusterStatus.ShardStatus;
import dev.ringshard.status.ClusterStatus.State;
import dev.ringshard.status.WatchStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Something that an operator should know, the most urgent first.
 *
 * @param text a sentence or two
 * @param detail more of it; empty for nothing
 * @param command what to run; empty if nothing is to be run
 */
record OperatorNotice(Level level, String text, String detail, Optional<String> command) {
    /** How urgent it is. */
    enum Level {
        BAD,
        WARN,
        MOVING,
        GOOD
    }

    /**
     * All that there is to say; at least one.
     *
     * @param commands gives a command as it can be run here
     * @param configProblem why the configuration as it is now is not used
     */
    static List<OperatorNotice> of(
            ObservedCluster seen, UnaryOperator<String> commands, Optional<String> configProblem) {
        List<OperatorNotice> notices = new ArrayList<>();
        seen.status()
                .problem()
                .ifPresent(contradiction -> notices.add(new OperatorNotice(
                        Level.BAD,
                        "What the shards say of who owns what contradicts itself.",
                        contradiction,
                        Optional.of(commands.apply("verify")))));
        addDown(notices, seen, commands);
        addStopped(notices, seen, commands);
        configProblem.ifPresent(problem -> notices.add(new OperatorNotice(
                Level.WARN,
                "The configuration has changed and cannot be used; this page goes by the one before.",
                problem,
                Optional.of(commands.apply("config check")))));
        addUnknown(notices, seen, commands);
        addSilent(notices, seen);
        addBehind(notices, seen, commands);
        if (seen.isMoving()) {
            notices.add(new OperatorNotice(Level.MOVING, moving(seen), "", Optional.empty()));
        }
        addNew(notices, seen, commands);
        if (!seen.isMoving()) {
            addAtRest(notices, seen, commands);
        }
        if (notices.isEmpty()) {
            notices.add(new OperatorNotice(
                    Level.GOOD,
                    "All is well: every shard answers and owns what it should.",
                    "Nothing moves, and nothing is left over from moves.",
                    Optional.empty()));
        }
        return notices;
    }

    private static void addDown(List<OperatorNotice> notices, ObservedCluster seen, UnaryOperator<String> commands) {
        List<ShardStatus> down = in(seen, State.DOWN);
        if (!down.isEmpty()) {
            notices.add(new OperatorNotice(
                    Level.BAD,
                    "%d of %d shards %s down: %s."
                            .formatted(down.size(), seen.shards().size(), down.size() == 1 ? "is" : "are", names(down)),
                    down.stream().flatMap(shard -> shard.problem().stream()).collect(Collectors.joining(" ")),
                    Optional.of(commands.apply("config check"))));
        }
    }

    private static void addUnknown(List<OperatorNotice> notices, ObservedCluster seen, UnaryOperator<String> commands) {
        if (!seen.strangers().isEmpty()) {
            notices.add(new OperatorNotice(
                    Level.WARN,
                    "Part of the ring belongs to %s, which is not in this configuration."
                            .formatted(String.join(", ", seen.strangers())),
                    "Put it into the configuration; this page follows by itself.",
                    Optional.empty()));
        }
        boolean allAnswer = in(seen, State.DOWN).isEmpty();
        if (seen.ring().unknownShare() > 1e-6 && allAnswer && !seen.isMoving()) {
            boolean founded = seen.shards().stream().anyMatch(shard -> shard.state() == State.UP);
            notices.add(new OperatorNotice(
                    founded ? Level.BAD : Level.WARN,
                    founded
                            ? "%s of the ring has no owner among the shards of this configuration."
                                    .formatted(percent(seen.ring().unknownShare()))
                            : "This cluster has not been initialised yet.",
                    founded ? "A shard may be missing from it." : "",
                    Optional.of(commands.apply(founded ? "verify" : "init"))));
        }
    }

    private static void addStopped(List<OperatorNotice> notices, ObservedCluster seen, UnaryOperator<String> commands) {
        watches(seen, WatchStatus::hasStopped)
                .forEach(watch -> notices.add(new OperatorNotice(
                        Level.BAD,
                        "The watch of %s has stopped, and rebalances nothing until a person has looked."
                                .formatted(watch.instance()),
                        watch.decision().reason(),
                        Optional.of(commands.apply("verify")))));
    }

    private static void addSilent(List<OperatorNotice> notices, ObservedCluster seen) {
        watches(seen, WatchStatus::isSilent)
                .forEach(watch -> notices.add(new OperatorNotice(
                        Level.WARN,
                        "The watch of %s is silent for %s: it was killed, or reaches no shard."
                                .formatted(watch.instance(), words(watch.ages().heard())),
                        "Keys are served as before. Start it again, so that shards stay even.",
                        Optional.empty())));
    }

    private static void addBehind(List<OperatorNotice> notices, ObservedCluster seen, UnaryOperator<String> commands) {
        List<BehindCopy> behind = seen.status().behind();
        if (!behind.isEmpty()) {
            notices.add(new OperatorNotice(
                    Level.WARN,
                    "Not every shard has the newest rows of %s."
                            .formatted(behind.stream()
                                    .map(BehindCopy::table)
                                    .distinct()
                                    .collect(Collectors.joining(", "))),
                    behind.stream().map(BehindCopy::sentence).collect(Collectors.joining(" ")),
                    Optional.of(commands.apply("recover"))));
        }
    }

    private static Stream<WatchStatus> watches(ObservedCluster seen, Predicate<WatchStatus> which) {
        return seen.status().watches().stream().filter(which);
    }

    private static void addNew(List<OperatorNotice> notices, ObservedCluster seen, UnaryOperator<String> commands) {
        List<ShardStatus> fresh = in(seen, State.NEW);
        if (!fresh.isEmpty()
                && seen.status().problem().isEmpty()
                && !seen.isMoving()
                && fresh.size() < seen.shards().size()) {
            notices.add(new OperatorNotice(
                    Level.WARN,
                    "%s %s new: it takes part after a rebalance."
                            .formatted(names(fresh), fresh.size() == 1 ? "is" : "are"),
                    "",
                    Optional.of(commands.apply("plan"))));
        }
    }

    private static void addAtRest(List<OperatorNotice> notices, ObservedCluster seen, UnaryOperator<String> commands) {
        if (seen.status().leftovers() > 0) {
            notices.add(new OperatorNotice(
                    Level.WARN,
                    "%d %s of a move that has ended."
                            .formatted(
                                    seen.status().leftovers(),
                                    seen.status().leftovers() == 1 ? "range is left" : "ranges are left"),
                    "Nothing is lost; it only takes room, until somebody tidies up.",
                    Optional.of(commands.apply("recover"))));
        }
        boolean joins = !in(seen, State.NEW).isEmpty();
        double pending = seen.status().pendingShare().orElse(0);
        if (pending > 0 && !joins) {
            notices.add(new OperatorNotice(
                    Level.WARN,
                    "%s of the ring is not where the configuration wants it.".formatted(percent(pending)),
                    "A rebalance would move it.",
                    Optional.of(commands.apply("plan"))));
        }
    }

    private static String moving(ObservedCluster seen) {
        ObservedRebalance run = seen.run().orElseThrow();
        String done = run.doneShare()
                .map(share -> ": %s done".formatted(percent(share)))
                .orElse("");
        String left = run.timeLeft()
                .map(time -> ", about %s left".formatted(words(time)))
                .orElse("");
        return "Rows are moving%s%s.".formatted(done, left);
    }

    private static List<ShardStatus> in(ObservedCluster seen, State state) {
        return seen.shards().stream().filter(shard -> shard.state() == state).toList();
    }

    private static String names(List<ShardStatus> shards) {
        return shards.stream().map(ShardStatus::name).collect(Collectors.joining(", "));
    }

    private static String percent(double fraction) {
        return String.format(Locale.ROOT, fraction < 0.1 ? "%.1f %%" : "%.0f %%", 100 * fraction);
    }

    private static String words(Duration time) {
        if (time.compareTo(Duration.ofSeconds(90)) < 0) {
            return Math.max(1, time.toSeconds()) + " s";
        }
        return time.compareTo(Duration.ofMinutes(90)) < 0
                ? time.toMinutes() + " min"
                : String.format(Locale.ROOT, "%d h %02d min", time.toHours(), time.toMinutesPart());
    }
}
