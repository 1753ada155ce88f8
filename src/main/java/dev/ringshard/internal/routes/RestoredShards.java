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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a shard that was restored, or that a standby took over, or under whose server older files were put back, from being
 * believed before all others were asked what they have on record of it: it may have gone back to a time when it owned more.
 * Thread-safe.
 */
final class RestoredShards {
    private static final Logger log = LoggerFactory.getLogger(RestoredShards.class);

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

    /** Takes note of what a shard has on record of others; before any of them is judged. */
    void note(Optional<Said> said) {
        said.ifPresent(
                known -> known.others().forEach((name, log) -> shards.find(name).ifPresent(other -> other.note(log))));
    }

    /** Asks the other shards if need be. */
    Judgement judge(Shard shard, Optional<Said> said) {
        if (said.isEmpty()) {
            return BELIEVED;
        }
        Incarnation incarnation = said.get().incarnation();
        String line = incarnation.log().line();
        boolean hasGoneBack;
        try {
            hasGoneBack = shard.hasGoneBack(incarnation.log());
        } catch (RuntimeException unanswered) {
            return new Judgement(Optional.of(String.valueOf(unanswered.getMessage())), Set.of());
        }
        if (!hasGoneBack && (incarnation.isKnown() || line.equals(compared.get(shard)))) {
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
                        %s, and shard %s does not answer, so that nobody knows whether it is behind. Recover compares it once \
                        all shards answer.""".formatted(happened(shard, hasGoneBack), other.name())), Set.of());
            }
        }
        if (contradictions.isEmpty()) {
            compared.put(shard, line);
            if (hasGoneBack) {
                log.warn("{}. Nothing contradicts what it says, so it is served.", happened(shard, true));
            }
            shard.acceptLoss();
        } else {
            shard.accept();
        }
        return new Judgement(Optional.empty(), contradictions);
    }

    private static String happened(Shard shard, boolean hasGoneBack) {
        return hasGoneBack
                ? "Older files were put back under the server of shard %s, whose log ends before where it was seen"
                        .formatted(shard.name())
                : "Shard %s was restored, or a standby took over, since it was last compared with all others"
                        .formatted(shard.name());
    }
}
