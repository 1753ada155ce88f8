package dev.ringshard.ring;

import dev.ringshard.failure.InvalidInputException;
import java.util.List;

/** Decides who should own what. Pure: the same arguments give the same answer on every machine. */
public interface RingStrategy {
    /** The most virtual nodes that one shard may have: those for each unit of weight, times its weight. */
    int MOST_VIRTUAL_NODES = 100_000;

    /** The name under which the configuration chooses it. */
    String name();

    /**
     * The assignment to strive for; it covers the ring exactly, and gives nothing to members of weight 0.
     *
     * @param actual who owns what now; complete, or empty for a new cluster. A strategy may ignore it
     * @param virtualNodes the replication factor, at least 1
     * @param members the shards that there should be, in any order, each once, at least one of a weight above 0
     * @throws InvalidInputException if the arguments are not as said
     */
    TokenMap<String> target(TokenMap<String> actual, KeyHash hash, int virtualNodes, List<Member> members);

    /**
     * As {@link #target(TokenMap, KeyHash, int, List)}, with what is known of how many rows stand where. By default that makes no
     * difference.
     */
    default TokenMap<String> target(
            TokenMap<String> actual, KeyHash hash, int virtualNodes, List<Member> members, TokenRows rows) {
        return target(actual, hash, virtualNodes, members);
    }

    /** Whether it plans by the rows. Then without them it only says what has to move whatever they are. */
    default boolean dependsOnRows() {
        return false;
    }
}
