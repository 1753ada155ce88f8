package dev.ringshard.internal.watch;

import dev.ringshard.status.ClusterStatus.State;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How one shard was when it was last looked at. Of one that is down, the rest is what it last said.
 *
 * @param problem why it is down; empty if it is not
 * @param since when it began to be in this state, as far as was watched
 * @param share what it owns of the ring, 0 to 1
 * @param targetShare what it should own by the configuration, 0 to 1, as {@link
 *     dev.ringshard.status.ClusterStatus.ShardStatus#targetShare}
 * @param ranges how many it owns
 * @param customers how many live there, as of the last count; empty if they have not been counted
 * @param incoming ranges that were staged here and are not owned
 * @param departed ranges that left and whose rows await their deletion
 * @param committed handovers from here that are not finished
 * @param schemaVersion empty if it is new, or never answered
 */
public record ShardSight(
        String name,
        State state,
        Optional<String> problem,
        Instant since,
        double share,
        double targetShare,
        int ranges,
        OptionalLong customers,
        int incoming,
        int departed,
        int committed,
        Optional<String> schemaVersion) {

    /** All that awaits somebody, if nothing moves. */
    public int leftovers() {
        return incoming + departed + committed;
    }

    /** Whether it answers and takes part. */
    public boolean isUp() {
        return state == State.UP;
    }
}
