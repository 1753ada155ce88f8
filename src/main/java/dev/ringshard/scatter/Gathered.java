package dev.ringshard.scatter;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What the shards answered, each row counted exactly once.
 *
 * @param parts the answer of each shard, by the shard's name
 * @param missing the shards that did not answer; empty unless a partial answer was asked for
 */
public record Gathered<T>(Map<String, T> parts, Set<String> missing) {

    public Gathered {
        parts = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(parts));
        missing = java.util.Collections.unmodifiableSet(new TreeSet<>(missing));
    }

    /** The answers, without the shards' names. */
    public Collection<T> values() {
        return parts.values();
    }

    /** Whether all shards answered. */
    public boolean isComplete() {
        return missing.isEmpty();
    }
}
