package dev.ringshard.internal.ownership;

import java.util.Set;
import java.util.TreeSet;
import org.jooq.DSLContext;

/** The shards that a shard knows by name, whether or not they are configured. */
public final class KnownShards {
    private KnownShards() {}

    /** The founders of its cluster, and all that rows of it ever went to, as the caller's transaction sees them. */
    public static Set<String> of(DSLContext dsl) {
        Set<String> known = new TreeSet<>(HandoverHistoryTable.formerTargets(dsl));
        HandoverTable.all(dsl).forEach(away -> known.add(away.target()));
        MembershipTable.find(dsl).ifPresent(member -> known.addAll(member.founders()));
        return known;
    }
}
