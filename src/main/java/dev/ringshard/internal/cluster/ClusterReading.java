package dev.ringshard.internal.cluster;

import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardedTable;
import dev.ringshard.failure.CorruptionException;
import dev.ringshard.failure.ForeignShardException;
import dev.ringshard.failure.NoOwnerException;
import dev.ringshard.failure.RingshardException;
import dev.ringshard.failure.ShardUnavailableException;
import dev.ringshard.internal.ownership.DepartedRange;
import dev.ringshard.internal.ownership.HandoverHistoryTable;
import dev.ringshard.internal.ownership.KnownShards;
import dev.ringshard.internal.ownership.SetBack;
import dev.ringshard.internal.ownership.ShardRanges;
import dev.ringshard.internal.ownership.ShardReading;
import dev.ringshard.internal.ring.RangeMove;
import dev.ringshard.internal.ring.RingDifference;
import dev.ringshard.internal.shard.Parallel;
import dev.ringshard.internal.shard.Parallel.Outcome;
import dev.ringshard.internal.shard.Retry;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.ring.TokenMap;
import dev.ringshard.ring.TokenRange;
import dev.ringshard.status.ClusterCheck;
import dev.ringshard.status.ClusterStatus;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.stream.Collectors;

/**
 * What all shards of a configuration said when they were asked at once, each in one snapshot. Two snapshots may be of two
 * moments, so while rows move it may take a few readings until they fit together.
 *
 * @param shards the reading of each, or why there is none, in the order of the configuration
 * @param setBack what shows that shards were set back in time; found in this reading and in the one before
 */
public record ClusterReading(RingshardConfig config, Map<Shard, Outcome<ShardReading>> shards, Set<SetBack> setBack) {

    public ClusterReading {
        setBack = Set.copyOf(setBack);
    }

    /**
     * Asks all shards. If parts of the ring have no owner by what they say, asks again for as long as
     * {@code routing-timeout} allows, because rows may be moving.
     *
     * @param counted the tables whose rows are to be counted, too
     */
    public static ClusterReading of(RingshardConfig config, Collection<Shard> shards, List<ShardedTable> counted) {
        Retry.Attempts attempts = Retry.within(config.routingTimeout()).begin();
        Set<SetBack> suspected = Set.of();
        while (true) {
            ClusterReading reading = once(config, shards, counted, suspected);
            suspected = reading.suspected();
            try {
                reading.requireWhole();
                reading.requireNothingSuspected(suspected);
                return reading;
            } catch (RingshardException misfit) {
                if (!mayFitLater(attempts, misfit)) {
                    return reading;
                }
            } catch (RuntimeException broken) { // whatever a sick shard answers is part of the reading
                return reading;
            }
        }
    }

    /** Asks at once: a shard that takes its time to fail costs only its own. */
    private static ClusterReading once(
            RingshardConfig config,
            Collection<Shard> shards,
            List<ShardedTable> counted,
            Set<SetBack> suspectedBefore) {
        ExecutorService threads = Parallel.threads();
        try {
            ClusterReading reading = new ClusterReading(
                    config,
                    Parallel.forEach(threads, shards, shard -> ShardReading.ofAnyServer(shard, counted)),
                    Set.of());
            return new ClusterReading(config, reading.shards, SetBack.foundTwice(suspectedBefore, reading.suspected()));
        } finally {
            threads.shutdown();
        }
    }

    /** What looks as if shards were set back; or a handover came between two snapshots. */
    private Set<SetBack> suspected() {
        return SetBack.among(ranges());
    }

    /** What the members say of ranges, by their names. */
    private Map<String, ShardRanges> ranges() {
        Map<String, ShardRanges> ranges = new LinkedHashMap<>();
        members().forEach((member, said) -> ranges.put(member.name(), said.ranges()));
        return ranges;
    }

    /** Another reading tells what is so of what is suspected. */
    private void requireNothingSuspected(Set<SetBack> suspected) {
        if (!suspected.isEmpty()) {
            throw new NoOwnerException("Rows are moving at the moment. Nothing was changed. Repeat the command.");
        }
    }

    /** Waits, if it may. */
    private static boolean mayFitLater(Retry.Attempts attempts, RingshardException misfit) {
        try {
            attempts.requireRepeatable(misfit);
            attempts.pause(misfit);
            return true;
        } catch (RingshardException enough) {
            return false;
        }
    }

    /**
     * As {@link #of}, of shards that together own the ring; counts no rows.
     *
     * @throws RingshardException as {@link #requireWhole} does
     */
    public static ClusterReading ofWholeRing(RingshardConfig config, Collection<Shard> shards) {
        ClusterReading reading = of(config, shards, List.of());
        reading.requireWhole();
        return reading;
    }

    /**
     * Checks that every shard answered, is the one that the configuration means or new, and that together they own the
     * ring.
     *
     * @throws ForeignShardException if one is not the shard that the configuration means, or a shard that owns part of the
     *     ring is not configured
     * @throws ShardUnavailableException if one does not answer
     * @throws NoOwnerException if what they say does not fit together
     * @throws CorruptionException if a shard was set back in time
     */
    public void requireWhole() {
        if (!setBack.isEmpty()) {
            throw new CorruptionException(String.join(" ", SetBack.sentences(setBack)));
        }
        shards.forEach((shard, said) -> requirePart(shard, said.get()));
        if (members().isEmpty()) {
            Map<String, ShardReading> answers = new LinkedHashMap<>();
            shards.forEach((shard, said) -> answers.put(shard.name(), said.get()));
            throw ShardReading.withoutMembers(config.cluster(), answers);
        }
        TokenMap<String> owners = owners();
        requireConfigured(owners);
        if (!owners.isComplete()) {
            throw incomplete(owners);
        }
    }

    private void requirePart(Shard shard, ShardReading said) {
        said.requirePart(config.cluster(), config.ring().hash(), shard.name());
    }

    /** The shards that answered, and take part. */
    public Map<Shard, ShardReading> members() {
        Map<Shard, ShardReading> members = new LinkedHashMap<>();
        shards.forEach((shard, said) -> {
            if (said.value() != null && isMember(shard, said.value())) {
                members.put(shard, said.value());
            }
        });
        return members;
    }

    private boolean isMember(Shard shard, ShardReading said) {
        try {
            requirePart(shard, said);
            return !said.isNew();
        } catch (ForeignShardException misfit) {
            return false;
        }
    }

    /** The shards that answered, and whose databases take no part in a cluster yet. */
    public List<Shard> newcomers() {
        return shards.entrySet().stream()
                .filter(said -> said.getValue().value() != null
                        && said.getValue().value().isNew())
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Who owns what, and of what is being handed over, whom it goes to; with gaps where no member that answered knows. */
    public TokenMap<String> owners() {
        return ShardRanges.owners(ranges());
    }

    private void requireConfigured(TokenMap<String> owners) {
        Set<String> strangers = new TreeSet<>(owners.shares().keySet());
        strangers.removeAll(names());
        if (!strangers.isEmpty()) {
            throw new ForeignShardException("""
                    Part of the ring was handed over to %s, which is not configured here. Nothing was changed. Put it into \
                    the configuration, with weight 0 if it is to go; it may be left out once it owns nothing.""".formatted(String.join(", ", strangers)));
        }
    }

    private Set<String> names() {
        return shards.keySet().stream().map(Shard::name).collect(Collectors.toSet());
    }

    private RuntimeException incomplete(TokenMap<String> owners) {
        double missing =
                owners.gaps().stream().mapToDouble(TokenRange::fraction).sum();
        Set<String> strangers = strangers();
        Set<SetBack> forgetful = SetBack.ofGaps(owners.gaps(), members().keySet());
        if (!forgetful.isEmpty()) {
            return new CorruptionException(String.join(" ", SetBack.sentences(forgetful)));
        }
        Set<String> emptied = emptied(owners.gaps());
        if (!emptied.isEmpty()) {
            return new ForeignShardException("""
                    %.1f %% of the ring has no owner among the shards that are configured. The others know %s as a member, and the \
                    database at its url is empty: it is not the one that was %2$s. Nothing was changed. Correct its url, or bring back \
                    the database that it was.""".formatted(100 * missing, String.join(", ", emptied)));
        }
        if (strangers.isEmpty()) {
            return new NoOwnerException("""
                    %.1f %% of the ring has no owner among the shards that are configured: rows are moving at the moment, or a \
                    shard is missing from the configuration. Nothing was changed. Repeat the command; if this persists, run \
                    verify.""".formatted(100 * missing));
        }
        return new ForeignShardException("""
                %.1f %% of the ring has no owner among the shards that are configured, and they know of %s, which is not \
                configured. Nothing was changed. Put it back into the configuration, with weight 0 if it is to go; it may be \
                left out once it owns nothing.""".formatted(100 * missing, String.join(", ", strangers)));
    }

    /** Founders, and shards that rows went to, that are not configured. */
    private Set<String> strangers() {
        Set<String> known = known();
        known.removeAll(names());
        return known;
    }

    private Set<String> known() {
        Set<String> known = new TreeSet<>();
        members()
                .keySet()
                .forEach(shard ->
                        known.addAll(Objects.requireNonNull(shard.snapshot(reading -> KnownShards.of(reading.dsl())))));
        return known;
    }

    /** The shards whose databases are empty, and which owned these ranges, or may have owned them since the founding, by what the others know. */
    private Set<String> emptied(Collection<TokenRange> gaps) {
        Set<String> known = known();
        known.retainAll(newcomers().stream().map(Shard::name).collect(Collectors.toSet()));
        if (known.isEmpty()) {
            return known;
        }
        List<DepartedRange> departures = members().keySet().stream()
                .flatMap(member -> Objects.requireNonNull(
                        member.snapshot(reading -> HandoverHistoryTable.overlapping(reading.dsl(), TokenRange.ALL)))
                        .stream())
                .toList();
        Set<String> emptied = new TreeSet<>();
        for (TokenRange gap : gaps) {
            departures.stream()
                    .filter(away -> away.range().overlaps(gap))
                    .max(Comparator.comparing(DepartedRange::epoch))
                    .ifPresentOrElse(last -> emptied.add(last.target()), () -> emptied.addAll(known));
        }
        emptied.retainAll(known);
        return emptied;
    }

    /** What has to move, so that every shard owns what the configuration says; of a whole ring. */
    public List<RangeMove> pending() {
        TokenMap<String> owners = owners();
        return RingDifference.between(owners, RingTarget.of(config).from(owners));
    }

    /**
     * How each shard is, and what awaits an operator.
     *
     * @param lastShares what those that do not answer owned of the ring when they last did, 0 to 1
     */
    public ClusterStatus status(Map<String, Double> lastShares) {
        Map<String, Double> shares = new HashMap<>(lastShares);
        shares.keySet().retainAll(silent());
        shares.putAll(owners().shares());
        TokenMap<String> owners = owners();
        StatusAssembly statuses =
                new StatusAssembly(config, owners, shares, RingTarget.of(config).shares(owners));
        Optional<RuntimeException> misfit = misfit();
        Map<String, ShardReading> members = new LinkedHashMap<>();
        members().forEach((member, said) -> members.put(member.name(), said));
        return statuses.of(
                shards.entrySet().stream()
                        .map(said -> statuses.of(said.getKey(), said.getValue()))
                        .toList(),
                misfit.isPresent() ? OptionalDouble.empty() : OptionalDouble.of(RingTarget.share(pending())),
                misfit.filter(failure ->
                                failure instanceof ForeignShardException || failure instanceof CorruptionException)
                        .map(Throwable::getMessage),
                misfit.filter(CorruptionException.class::isInstance).isPresent(),
                members);
    }

    private Set<String> silent() {
        return shards.entrySet().stream()
                .filter(said -> said.getValue().failure() != null)
                .map(said -> said.getKey().name())
                .collect(Collectors.toSet());
    }

    /** Why this is not a whole ring, of which all that matters is known; empty if it is. */
    Optional<RuntimeException> misfit() {
        try {
            requireWhole();
            return Optional.empty();
        } catch (RuntimeException misfit) { // whatever a sick shard answers: the others must be told all the more
            return Optional.of(misfit);
        }
    }

    /** Whether each database is the shard that the configuration means. */
    public ClusterCheck check() {
        return new ShardChecks(this).check();
    }
}
