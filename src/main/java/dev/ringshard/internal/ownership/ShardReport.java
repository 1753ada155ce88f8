package dev.ringshard.internal.ownership;

import static dev.ringshard.generated.ringshard.Tables.DEPARTED_RANGE;
import static dev.ringshard.generated.ringshard.Tables.HANDOVER;
import static dev.ringshard.generated.ringshard.Tables.INCOMING_RANGE;

import dev.ringshard.internal.shard.Shard;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jooq.DSLContext;

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

    /** Asks a shard. */
    public static ShardReport of(Shard shard) {
        return shard.snapshot(transaction -> of(transaction.dsl()));
    }

    /** As {@link #of(Shard)}, in the caller's snapshot. */
    public static ShardReport of(DSLContext dsl) {
        if (!SchemaHistory.isMigrated(dsl)) {
            return NEW;
        }
        return new ShardReport(
                MembershipTable.find(dsl),
                OwnedRangeTable.all(dsl),
                leftovers(dsl),
                Optional.of(SchemaHistory.version(dsl)));
    }

    /** As {@link #of(Shard)} of a shard that has been migrated: who it says it is, and what it owns, and no more. */
    public static ShardReport claims(Shard member) {
        return member.snapshot(transaction -> {
            DSLContext dsl = transaction.dsl();
            return new ShardReport(MembershipTable.find(dsl), OwnedRangeTable.all(dsl), 0, Optional.empty());
        });
    }

    /** The shards that this one knows by name: the founders of its cluster, and all that rows of it ever went to. */
    public static Set<String> knownShards(DSLContext dsl) {
        Set<String> known = new TreeSet<>(HandoverHistoryTable.formerTargets(dsl));
        HandoverTable.all(dsl).forEach(away -> known.add(away.target()));
        MembershipTable.find(dsl).ifPresent(member -> known.addAll(member.founders()));
        return known;
    }

    private static int leftovers(DSLContext dsl) {
        return dsl.fetchCount(INCOMING_RANGE) + dsl.fetchCount(DEPARTED_RANGE) + dsl.fetchCount(HANDOVER);
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
