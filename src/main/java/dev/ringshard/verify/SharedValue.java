package dev.ringshard.verify;

import java.util.List;

/** A value that rows of several shards have. */
public record SharedValue(String value, List<String> shards) {
    public SharedValue {
        shards = List.copyOf(shards);
    }
}
