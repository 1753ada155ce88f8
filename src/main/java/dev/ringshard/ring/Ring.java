package dev.ringshard.ring;

import dev.ringshard.failure.InvalidInputException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The consistent-hash ring of the textbook (Karger and others, 1997): each shard stands at as many tokens as its weight
 * asks for, its virtual nodes, and owns the tokens from the virtual node before up to and including its own. It depends
 * on names and weights only, so every machine computes the same ring, and a shard that comes or goes moves tokens only
 * to or from itself.
 *
 * <p>The virtual node {@code i} of a shard, counted from 0, stands at {@code hash.token(shard + "#" + i)}; no shard has
 * {@code #} in its name. Where two stand at the same token, the smaller name wins. Two rings are equal if they have the
 * same hash function, factor and members, in whatever order these were given.
 *
 * @param virtualNodes the replication factor: virtual nodes for each unit of weight, at least 1; the product is rounded,
 *     and a shard with any weight has at least one. More spread the shares closer to the weights
 * @param members sorted by name; at least one of a weight above 0
 */
record Ring(KeyHash hash, int virtualNodes, List<Member> members) {

    /**
     * @throws InvalidInputException if {@code virtualNodes} is less than 1, a shard would have more than
     *     {@link RingStrategy#MOST_VIRTUAL_NODES}, two members have one name, or none has a weight above 0
     */
    public Ring {
        members = Members.byName(members);
        checkCounts(virtualNodes, members);
    }

    /** Which shard should own which tokens: covers the ring exactly, in as few ranges as possible. */
    public TokenMap<String> assignment() {
        List<VirtualNode> nodes = nodes();
        TokenMap.Builder<String> assignment = TokenMap.builder();
        long first = Long.MIN_VALUE;
        for (VirtualNode node : nodes) {
            assignment.put(new TokenRange(first, node.token()), node.shard());
            if (node.token() == Long.MAX_VALUE) {
                return assignment.build().merged();
            }
            first = node.token() + 1;
        }
        // What comes after the last node belongs to the first one, across the wrap.
        assignment.put(new TokenRange(first, Long.MAX_VALUE), nodes.get(0).shard());
        return assignment.build().merged();
    }

    /** All virtual nodes in ascending order, one for each token. */
    List<VirtualNode> nodes() {
        List<VirtualNode> all = new ArrayList<>();
        for (Member member : members) {
            for (int i = 0; i < nodesOf(member, virtualNodes); i++) {
                all.add(new VirtualNode(hash.token(member.shard() + "#" + i), member.shard()));
            }
        }
        all.sort(Comparator.naturalOrder());
        return firstOfEachToken(all);
    }

    private static List<VirtualNode> firstOfEachToken(List<VirtualNode> sorted) {
        List<VirtualNode> nodes = new ArrayList<>(sorted.size());
        for (VirtualNode node : sorted) {
            if (nodes.isEmpty() || nodes.get(nodes.size() - 1).token() != node.token()) {
                nodes.add(node);
            }
        }
        return nodes;
    }

    private static long nodesOf(Member member, int virtualNodes) {
        return member.takesPart() ? Math.max(1, Math.round(virtualNodes * member.weight())) : 0;
    }

    private static void checkCounts(int virtualNodes, List<Member> members) {
        if (virtualNodes < 1) {
            throw new InvalidInputException(
                    "The ring has " + virtualNodes
                            + " virtual nodes for each unit of weight. Nothing was read or written. Use 1 or more; 128 is usual.");
        }
        for (Member member : members) {
            long count = nodesOf(member, virtualNodes);
            if (count > RingStrategy.MOST_VIRTUAL_NODES) {
                throw new InvalidInputException("Shard " + member.shard() + " would have " + count
                        + " virtual nodes (" + virtualNodes + " times its weight of " + member.weight() + "), and "
                        + RingStrategy.MOST_VIRTUAL_NODES
                        + " are allowed at most. Nothing was read or written. Lower the weights"
                        + " in proportion, or the number of virtual nodes.");
            }
        }
    }
}
