package dev.ringshard.verify;

import java.util.List;

/** A key that has rows on more than one shard. */
public record SharedKey(String key, List<String> shards) {
    public SharedKey {
        shards = List.copyOf(shards);
    }
}
