package dev.ringshard.internal.ownership;

import dev.ringshard.internal.shard.Shard;
import dev.ringshard.ring.TokenRange;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A shard that seems to have been set back in time, as by a restored backup or a standby that lagged and took over: what it says
 * of a range contradicts what another shard has on record, or its server's log ends before where that has it on record, or it lacks
 * a mark that was written there.
 *
 * <p>Shards are asked one after the other, so a handover in between looks alike for a moment. What two readings find, one after
 * the other, is so: a shard that took a range or gave it away has its own record of it by then.
 *
 * @param other the shard whose record contradicts it
 * @param epoch of that record; of a log, its position; of a mark, itself
 */
public record SetBack(String shard, String other, Sign sign, TokenRange range, long epoch) {

    /** What contradicts. */
    public enum Sign {
        /** The other handed the range over to it, and it has neither the copy nor a record that it took it. */
        KNOWS_NOTHING,
        /** The other owns the range, too, with a newer epoch. */
        OWNS_WHAT_WENT,
        /** The other has on record that its server's log went further; what was lost, may be of any range. */
        LOG_ENDS_EARLIER,
        /** The other has a mark on record that was written there, and it does not have it; what was lost, may be of any range. */
        LACKS_MARK;

        private boolean isOfLog() {
            return this == LOG_ENDS_EARLIER || this == LACKS_MARK;
        }
    }

    /** All that contradicts, of the ranges that the shards of a cluster have noted, by their names. */
    public static Set<SetBack> among(Map<String, ShardRanges> shards) {
        Set<SetBack> found = new LinkedHashSet<>();
        shards.forEach(
                (source, ranges) -> ranges.departures().forEach(away -> addIfUnknown(found, shards, source, away)));
        List<Owned> owned = new ArrayList<>();
        shards.forEach((shard, ranges) ->
                ranges.owned().forEach(one -> owned.add(new Owned(shard, one, ranges.took(one.range(), one.epoch())))));
        found.addAll(ownedTwice(owned));
        found.addAll(withShorterLogs(shards));
        return found;
    }

    /** Whose logs end before where others have them on record, or lack a mark; in {@link #among}, too. */
    public static Set<SetBack> withShorterLogs(Map<String, ShardRanges> shards) {
        Set<SetBack> found = new LinkedHashSet<>();
        shards.forEach((other, ranges) -> ranges.logs().others().forEach((shard, noted) -> {
            ShardRanges said = shards.get(shard);
            if (said != null && noted.log().isAheadOf(said.logs().own())) {
                found.add(new SetBack(
                        shard,
                        other,
                        Sign.LOG_ENDS_EARLIER,
                        TokenRange.ALL,
                        noted.log().position()));
            } else if (said != null && noted.isMissingFrom(said.logs().marks())) {
                found.add(new SetBack(
                        shard,
                        other,
                        Sign.LACKS_MARK,
                        TokenRange.ALL,
                        noted.mark().orElseThrow().value()));
            }
        }));
        return found;
    }

    /**
     * As {@link #withShorterLogs(Map)}, of what is still so: what one shard noted of another may have been written there after the other had
     * answered.
     *
     * @param later what the shards say of logs, asked after all of {@code shards} had answered
     */
    public static Set<SetBack> withShorterLogs(Map<String, ShardRanges> shards, Map<String, ServerLogs> later) {
        Set<SetBack> found = withShorterLogs(shards);
        found.removeIf(one -> {
            ServerLogs now = later.get(one.shard);
            NotedLog noted = Objects.requireNonNull(shards.get(one.other))
                    .logs()
                    .others()
                    .get(one.shard);
            return now != null
                    && noted != null
                    && !noted.log().isAheadOf(now.own())
                    && !noted.isMissingFrom(now.marks());
        });
        return found;
    }

    private static void addIfUnknown(
            Set<SetBack> found, Map<String, ShardRanges> shards, String source, DepartedRange away) {
        ShardRanges target = shards.get(away.target());
        if (target != null
                && !target.took(away.range(), away.epoch())
                && target.incoming().stream()
                        .noneMatch(copy ->
                                copy.epoch() == away.epoch() && copy.range().overlaps(away.range()))) {
            found.add(new SetBack(away.target(), source, Sign.KNOWS_NOTHING, away.range(), away.epoch()));
        }
    }

    /** @param arrived whether it is on record that the shard took the range with this epoch */
    private record Owned(String shard, OwnedRange range, boolean arrived) {}

    /**
     * What contradicts in what shards own, by their names. A claim gives the source the epoch that the target gets: of two with
     * the same epoch this cannot tell the older, as {@link #among} can.
     */
    public static Set<SetBack> ofOwners(Map<String, List<OwnedRange>> shards) {
        List<Owned> all = new ArrayList<>();
        shards.forEach((shard, owned) -> owned.forEach(range -> all.add(new Owned(shard, range, false))));
        return ownedTwice(all);
    }

    private static Set<SetBack> ownedTwice(List<Owned> all) {
        Set<SetBack> found = new LinkedHashSet<>();
        List<Owned> ascending = new ArrayList<>(all);
        // by name, too: two looks at the same must find the same
        ascending.sort(Comparator.comparing((Owned one) -> one.range.range()).thenComparing(one -> one.shard));
        Owned furthest = null; // of those before, the one that reaches furthest
        for (Owned next : ascending) {
            if (furthest != null && furthest.range.range().overlaps(next.range.range())) {
                found.add(ownedTwice(furthest, next));
            }
            if (furthest == null
                    || furthest.range.range().last() < next.range.range().last()) {
                furthest = next;
            }
        }
        return found;
    }

    /**
     * What contradicts in what a shard owns, and what another, which is asked, has on record that it handed over to it: that was
     * newer.
     */
    public static Set<SetBack> ofTarget(String shard, List<OwnedRange> owned, Shard other) {
        List<DepartedRange> departures =
                Objects.requireNonNull(other.snapshot(reading -> SchemaHistory.isMigrated(reading.dsl())
                        ? HandoverHistoryTable.to(reading.dsl(), shard)
                        : List.<DepartedRange>of()));
        return departures.stream()
                .filter(away -> owned.stream()
                        .anyMatch(own -> own.range().overlaps(away.range()) && own.epoch() < away.epoch()))
                .map(away -> new SetBack(shard, other.name(), Sign.KNOWS_NOTHING, away.range(), away.epoch()))
                .collect(Collectors.toSet());
    }

    private static SetBack ownedTwice(Owned one, Owned other) {
        boolean isInOrder = one.range.epoch() == other.range.epoch()
                ? !one.arrived || other.arrived
                : one.range.epoch() < other.range.epoch();
        Owned older = isInOrder ? one : other;
        Owned newer = isInOrder ? other : one;
        return new SetBack(
                older.shard,
                newer.shard,
                Sign.OWNS_WHAT_WENT,
                older.range.range().intersection(newer.range.range()).orElseThrow(),
                newer.range.epoch());
    }

    /**
     * What the shards remember of ranges that no shard owns: the one that took one last, by what they have on record, knows nothing
     * of it.
     *
     * @param ofShard asks a shard for the handovers from it of ranges that overlap one: those of its history, and those that
     *     are not finished or tidied up, if the range is one of theirs
     */
    public static Set<SetBack> ofGaps(
            Collection<TokenRange> gaps,
            Collection<String> shards,
            BiFunction<String, TokenRange, List<DepartedRange>> ofShard) {
        Set<SetBack> found = new LinkedHashSet<>();
        for (TokenRange gap : gaps) {
            shards.stream()
                    .flatMap(source -> ofShard.apply(source, gap).stream()
                            .map(away ->
                                    new SetBack(away.target(), source, Sign.KNOWS_NOTHING, away.range(), away.epoch())))
                    .max(Comparator.comparing(SetBack::epoch))
                    .filter(newest -> shards.contains(newest.shard))
                    .ifPresent(found::add);
        }
        return found;
    }

    /** As {@link #ofGaps(Collection, Collection, BiFunction)}, by the histories of these shards, which are asked. */
    public static Set<SetBack> ofGaps(Collection<TokenRange> gaps, Collection<Shard> shards) {
        Map<String, Shard> byName = shards.stream().collect(Collectors.toMap(Shard::name, Function.identity()));
        return ofGaps(
                gaps,
                byName.keySet(),
                (name, gap) -> Objects.requireNonNull(Objects.requireNonNull(byName.get(name))
                        .snapshot(reading -> HandoverHistoryTable.overlapping(reading.dsl(), gap))));
    }

    /** Of what a reading finds, what the one before it found, too: that was no handover between two shards' answers. */
    public static Set<SetBack> foundTwice(Set<SetBack> before, Set<SetBack> now) {
        Set<SetBack> twice = new LinkedHashSet<>(now);
        twice.retainAll(before);
        return twice;
    }

    /** What is so and what to do, a sentence or two for each shard; of none, nothing. */
    public static List<String> sentences(Collection<SetBack> found) {
        Map<String, List<SetBack>> byShard = found.stream()
                .sorted(Comparator.comparing(SetBack::shard)
                        .thenComparing(SetBack::sign)
                        .thenComparing(SetBack::other)) // two looks at the same say the same
                .collect(Collectors.groupingBy(SetBack::shard, LinkedHashMap::new, Collectors.toList()));
        return byShard.entrySet().stream()
                .map(shard -> sentence(shard.getKey(), shard.getValue()))
                .toList();
    }

    private static String sentence(String shard, List<SetBack> found) {
        boolean isOnlyShorter = found.stream().allMatch(one -> one.sign.isOfLog());
        return isOnlyShorter
                ? """
                Shard %s was set back in time, by older files or a dump that were put back, or a standby that lagged: %s. What was written there \
                since is lost, and nothing moves before somebody has decided about that. Bring it to its newest state; or, if that \
                is gone for good, recover --restored %s takes it as it is, where nothing else contradicts.""".formatted(shard, reasons(found), shard)
                : """
                Shard %s was set back in time, by a restored backup or a standby that lagged: %s. As long as that is \
                so, nothing moves from or to any shard, and no rows are deleted. End what writes to %s, and bring it \
                to its newest state; do not delete anything on the others.""".formatted(shard, reasons(found), shard);
    }

    private static String reasons(List<SetBack> ofOneShard) {
        return ofOneShard.stream()
                .collect(Collectors.groupingBy(one -> one.reason(), LinkedHashMap::new, Collectors.counting()))
                .entrySet()
                .stream()
                .map(reason -> reason.getKey()
                        .formatted(reason.getValue() == 1 ? "a range" : "%,d ranges".formatted(reason.getValue())))
                .collect(Collectors.joining(", and "));
    }

    private String reason() {
        return switch (sign) {
            case KNOWS_NOTHING -> "it knows nothing of %s that " + other + " has handed over to it";
            case OWNS_WHAT_WENT -> "it owns %s that " + other + " owns with a newer epoch";
            case LOG_ENDS_EARLIER -> "its log ends before where " + other + " has on record that it was";
            case LACKS_MARK -> "it lacks a mark that " + other + " has on record was written there";
        };
    }

    /** Those whose ranges have a token in common with one of these. */
    public static List<SetBack> of(Collection<SetBack> found, Collection<TokenRange> ranges) {
        return found.stream()
                .filter(one -> ranges.stream().anyMatch(range -> range.overlaps(one.range)))
                .toList();
    }
}
