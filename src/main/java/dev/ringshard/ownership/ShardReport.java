package dev.ringshard.ownership;

import java.util.List;
import java.util.Optional;

/**
 * What one shard says of itself, in one snapshot.
 *
 * @param membership empty if the database has not been initialised
 * @param owned in ascending order, without overlap
 * @param leftovers incoming and departed ranges and handovers that await recovery
 * @param schemaVersion the newest migration that succeeded; empty if none did
 */
public record ShardReport(
        Optional<Membership> membership, List<OwnedRange> owned, int leftovers, Optional<String> schemaVersion) {

    /** Of a shard that has said nothing so far. */
    public static final ShardReport UNKNOWN = new ShardReport(Optional.empty(), List.of(), 0, Optional.empty());

    static final ShardReport NEW = new ShardReport(Optional.empty(), List.of(), 0, Optional.empty());

    public ShardReport {
        owned = List.copyOf(owned);
    }

    /** How many ranges it owns, however many rows say so. */
    public int ranges() {
        return Claim.newest(owned.stream()
                        .map(row -> new Claim<>(row.range(), row.epoch(), "this shard"))
                        .toList())
                .entries()
                .size();
    }
}
