package dev.ringshard.status;

import java.util.List;

/**
 * All that an init changed.
 *
 * @param migrations how many migrations ran, on all shards together
 * @param fenced the sharded tables that were given a fence, or an index on their tokens; those that had both are left out
 * @param founded the shards that were given their first ranges now; empty if all had them already
 */
public record InitOutcome(int migrations, List<Fenced> fenced, List<String> founded) {
    public InitOutcome {
        fenced = List.copyOf(fenced);
        founded = List.copyOf(founded);
    }

    /** A table of one shard. */
    public record Fenced(String shard, String table) {}
}
