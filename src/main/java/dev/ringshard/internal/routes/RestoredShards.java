package dev.ringshard.internal.routes;

import dev.ringshard.internal.ownership.LogMark;
import dev.ringshard.internal.ownership.LogMarkTable;
import dev.ringshard.internal.ownership.LogPositionTable;
import dev.ringshard.internal.ownership.MembershipTable;
import dev.ringshard.internal.ownership.MembershipTable.Incarnation;
import dev.ringshard.internal.ownership.NotedLog;
import dev.ringshard.internal.ownership.OwnedRange;
import dev.ringshard.internal.ownership.OwnedRangeTable;
import dev.ringshard.internal.ownership.SchemaHistory;
import dev.ringshard.internal.ownership.SetBack;
import dev.ringshard.internal.routes.Admission.OwnershipAnswer;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.Shards;
import dev.ringshard.status.BreakerState;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Keeps a shard that was restored, or that a standby took over, or under whose server older files were put back, from being
 * believed before all others were asked what they have on record of it: it may have gone back to a time when it owned more.
 * Used by one thread at a time.
 */
final class RestoredShards {
    private final Shards shards;

    /** The shards that this process has compared, and as which database. */
    private final Map<Shard, String> compared = new ConcurrentHashMap<>();

    /** The marks that others have on record of a shard, and that it has not shown to have. */
    private final Map<Shard, Set<NotedLog>> unproven = new ConcurrentHashMap<>();

    RestoredShards(Shards shards) {
        this.shards = shards;
    }

    /**
     * Of what a shard says.
     *
     * @param doubt why it cannot be believed now, in whole sentences
     * @param contradictions what others have on record that it does not know
     * @param loss what it has lost, if it is believed all the same; a sentence
     */
    record Judgement(Optional<String> doubt, Set<SetBack> contradictions, Optional<String> loss) {}

    private static final Judgement BELIEVED = new Judgement(Optional.empty(), Set.of(), Optional.empty());

    /**
     * Takes note of what a shard has on record of others; before any of them is judged.
     *
     * @param judged those that are judged next; others are, before a caller works with them again
     */
    void note(Optional<OwnershipAnswer> said, Collection<Shard> judged) {
        said.ifPresent(known -> known.others()
                .forEach((name, noted) -> shards.find(name).ifPresent(other -> note(other, noted, judged))));
    }

    private void note(Shard shard, NotedLog noted, Collection<Shard> judged) {
        shard.note(noted.log());
        if (noted.mark().isPresent()) {
            unproven(shard).add(noted);
            if (!judged.contains(shard)) {
                shard.doubt();
            }
        }
    }

    private Set<NotedLog> unproven(Shard shard) {
        return unproven.computeIfAbsent(shard, fresh -> new HashSet<>());
    }

    /** Asks the other shards if need be. */
    Judgement judge(Shard shard, Optional<OwnershipAnswer> said) {
        if (said.isEmpty()) {
            return BELIEVED;
        }
        Incarnation incarnation = said.get().incarnation();
        String line = incarnation.log().line();
        boolean hasGoneBack;
        boolean lacksMark;
        try {
            hasGoneBack = shard.hasGoneBack(incarnation.log());
            lacksMark = lacksMark(shard, said.get().marks());
        } catch (RuntimeException unanswered) {
            return doubted(String.valueOf(unanswered.getMessage()));
        }
        boolean isCompared = !incarnation.isRestored() && line.equals(compared.get(shard));
        if (!hasGoneBack && !lacksMark && (incarnation.isKnown() || isCompared)) {
            shard.accept(said.get().doubts());
            return BELIEVED;
        }
        String happened = happened(shard, hasGoneBack, lacksMark);
        Set<SetBack> contradictions = new LinkedHashSet<>();
        for (Shard other : shards.all()) {
            try {
                if (other != shard) {
                    contradictions.addAll(
                            SetBack.ofTarget(shard.name(), said.get().owned(), other));
                    if (incarnation.isRestored()) {
                        contradictions.addAll(ownedTwice(shard, said.get().owned(), other));
                    }
                }
            } catch (RuntimeException unanswered) {
                return doubted("""
                        %s, and shard %s does not answer, so that nobody knows whether it is behind. Recover compares it once \
                        all shards answer.""".formatted(happened, other.name()));
            }
        }
        if (!contradictions.isEmpty()) {
            shard.accept(said.get().doubts());
            return new Judgement(Optional.empty(), contradictions, Optional.empty());
        }
        try {
            if (incarnation.isRestored()) {
                shard.transaction(accepting -> {
                    MembershipTable.acceptRestored(accepting.dsl());
                    return true;
                });
            }
        } catch (RuntimeException refused) {
            return doubted("%s. %s".formatted(happened, refused.getMessage()));
        }
        compared.put(shard, line);
        unproven(shard).clear();
        shard.acceptLoss(said.get().doubts());
        return new Judgement(
                Optional.empty(),
                Set.of(),
                hasGoneBack || lacksMark
                        ? Optional.of(
                                happened + ". What it owns is served: no shard has anything newer of that on record.")
                        : Optional.empty());
    }

    /** A router would find that, too; but what counts again, counts also for those who come past every router. */
    private static Set<SetBack> ownedTwice(Shard shard, List<OwnedRange> owned, Shard other) {
        List<OwnedRange> ofOther = Objects.requireNonNull(other.snapshot(reading ->
                SchemaHistory.isMigrated(reading.dsl()) ? OwnedRangeTable.all(reading.dsl()) : List.<OwnedRange>of()));
        return SetBack.ofOwners(Map.of(shard.name(), owned, other.name(), ofOther));
    }

    private static Judgement doubted(String why) {
        return new Judgement(Optional.of(why), Set.of(), Optional.empty());
    }

    /**
     * Whether a mark is missing that another shard has on record. What those that answer have on record now counts, too, if anything
     * was done to its server.
     *
     * @param said those that it has just said it has; if one is missing, it is asked once more
     */
    private boolean lacksMark(Shard shard, List<LogMark> said) {
        Set<NotedLog> missing = unproven(shard);
        if (shard.hasChanged()) {
            shards.all().stream()
                    .filter(other -> other != shard && isThoughtToAnswer(other))
                    .forEach(other -> noted(other, shard).ifPresent(missing::add));
        }
        missing.removeIf(noted -> !noted.isMissingFrom(said));
        if (!missing.isEmpty()) {
            List<LogMark> now = Objects.requireNonNull(shard.snapshot(looking -> LogMarkTable.all(looking.dsl())));
            missing.removeIf(noted -> !noted.isMissingFrom(now));
        }
        return !missing.isEmpty();
    }

    /** Callers wait meanwhile, and must not for one that is known to be away. */
    private static boolean isThoughtToAnswer(Shard shard) {
        return shard.breakerState() == BreakerState.CLOSED;
    }

    /** What one shard has on record of another, if it answers. */
    private static Optional<NotedLog> noted(Shard other, Shard shard) {
        try {
            return Optional.ofNullable(other.snapshot(looking -> LogPositionTable.all(looking.dsl())))
                    .flatMap(all -> Optional.ofNullable(all.get(shard.name())));
        } catch (RuntimeException unanswered) {
            return Optional.empty();
        }
    }

    private static String happened(Shard shard, boolean hasGoneBack, boolean lacksMark) {
        if (hasGoneBack) {
            return "Older files were put back under the server of shard %s, whose log ends before where it was seen"
                    .formatted(shard.name());
        }
        return lacksMark
                ? "Shard %s was set back in time: it lacks a mark that another shard has on record was written there"
                        .formatted(shard.name())
                : "Shard %s was restored, or a standby took over, since it was last compared with all others"
                        .formatted(shard.name());
    }
}
