package dev.ringshard.internal.routes;

import dev.ringshard.internal.ownership.MembershipTable.Incarnation;
import dev.ringshard.internal.ownership.SetBack;
import dev.ringshard.internal.routes.Admission.Said;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.Shards;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Keeps a shard that was restored, or that a standby took over, from being believed before all others were asked what they have
 * on record of it: it may have gone back to a time when it owned more. Thread-safe.
 */
final class RestoredShards {
    private final Shards shards;

    /** The shards that this process has compared, and as which database. */
    private final Map<Shard, String> compared = new ConcurrentHashMap<>();

    RestoredShards(Shards shards) {
        this.shards = shards;
    }

    /**
     * Of what a shard says.
     *
     * @param doubt why it cannot be believed now, in whole sentences
     * @param contradictions what others have on record that it does not know
     */
    record Judgement(Optional<String> doubt, Set<SetBack> contradictions) {}

    private static final Judgement BELIEVED = new Judgement(Optional.empty(), Set.of());

    /** Asks the other shards if need be. */
    Judgement judge(Shard shard, Optional<Said> said) {
        if (said.isEmpty()) {
            return BELIEVED;
        }
        Incarnation incarnation = said.get().incarnation();
        if (incarnation.isKnown() || incarnation.now().equals(compared.get(shard))) {
            shard.accept();
            return BELIEVED;
        }
        Set<SetBack> contradictions = new LinkedHashSet<>();
        for (Shard other : shards.all()) {
            try {
                if (other != shard) {
                    contradictions.addAll(
                            SetBack.ofTarget(shard.name(), said.get().owned(), other));
                }
            } catch (RuntimeException unanswered) {
                return new Judgement(Optional.of("""
                        Shard %s was restored, or a standby took over, since it was last compared with all others, and shard %s \
                        does not answer, so that nobody knows whether it is behind. Recover compares it once all shards \
                        answer.""".formatted(shard.name(), other.name())), Set.of());
            }
        }
        if (contradictions.isEmpty()) {
            compared.put(shard, incarnation.now());
        }
        shard.accept(); // but for what contradicts
        return new Judgement(Optional.empty(), contradictions);
    }
}
