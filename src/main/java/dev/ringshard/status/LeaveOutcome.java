package dev.ringshard.status;

import java.util.List;

/**
 * What of Ringshard's is in a database, and goes with it when the database leaves its cluster.
 *
 * @param shard the one that leaves
 * @param fenced the tables whose triggers go
 * @param indexes those that go
 * @param hasSchema whether the schema {@code ringshard} is there, and goes
 * @param kept the tables that Ringshard has made itself, and that stay with all their rows
 */
public record LeaveOutcome(
        String shard, List<String> fenced, List<String> indexes, boolean hasSchema, List<String> kept) {
    public LeaveOutcome {
        fenced = List.copyOf(fenced);
        indexes = List.copyOf(indexes);
        kept = List.copyOf(kept);
    }

    /** Whether nothing of Ringshard's is there. */
    public boolean isEmpty() {
        return fenced.isEmpty() && indexes.isEmpty() && !hasSchema;
    }
}
