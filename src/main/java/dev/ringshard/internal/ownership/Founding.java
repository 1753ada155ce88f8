package dev.ringshard.internal.ownership;

import dev.ringshard.ring.KeyHash;
import dev.ringshard.ring.Member;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The ring that a cluster is founded with. Every founder stores it before any is given a range, so that a second
 * attempt with other shards or another ring meets it and is refused.
 *
 * @param strategy the name of the strategy that chose the ranges
 */
public record Founding(KeyHash hash, int virtualNodes, String strategy, List<Member> members) {

    public Founding {
        members = members.stream().sorted(Comparator.comparing(Member::shard)).toList();
    }

    /** The same text for the same ring, whatever the order of the members. */
    public String text() {
        return "%s virtual-nodes=%d hash=%s probe=%d shards=%s"
                .formatted(
                        strategy,
                        virtualNodes,
                        hash.name(),
                        Membership.probe(hash),
                        members.stream()
                                .map(member -> member.shard() + "*" + member.weight())
                                .collect(Collectors.joining(",")));
    }
}
