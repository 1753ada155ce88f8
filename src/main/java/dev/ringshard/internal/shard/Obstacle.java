package dev.ringshard.internal.shard;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Why the rows of a table cannot be sharded, or moved.
 *
 * @param sentence the rest of a sentence about the table, after its name
 */
public record Obstacle(Cause cause, String sentence) {
    /** What is the matter, as far as it makes a difference to what mends it. */
    public enum Cause {
        MISSING_KEY,
        NULLABLE_KEY,
        UNLOGGED,
        /** Triggers, rules and foreign keys would act on rows that move, as they do not act for replicas. */
        NO_REPLICA,
        OTHER
    }

    static Set<Obstacle> all(Cause cause, Collection<String> sentences) {
        return sentences.stream()
                .map(sentence -> new Obstacle(cause, sentence))
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }
}
