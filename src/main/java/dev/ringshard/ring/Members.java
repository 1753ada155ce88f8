package dev.ringshard.ring;

import dev.ringshard.failure.InvalidInputException;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** What every ring asks of its members. */
final class Members {

    private Members() {}

    /**
     * The members by name, so that the order in which they were given makes no difference.
     *
     * @throws InvalidInputException if two have one name, or none has a weight above 0
     */
    static List<Member> byName(Collection<Member> members) {
        List<Member> sorted =
                members.stream().sorted(Comparator.comparing(Member::shard)).toList();
        refuseEqualNames(sorted);
        if (sorted.stream().noneMatch(Member::takesPart)) {
            throw new InvalidInputException("The ring has no shard with a weight above 0 (members: " + sorted.size()
                    + "), so nobody would own its tokens. Nothing was read or written. Give at least one a weight.");
        }
        return sorted;
    }

    private static void refuseEqualNames(List<Member> sorted) {
        for (int i = 1; i < sorted.size(); i++) {
            String shard = sorted.get(i).shard();
            if (shard.equals(sorted.get(i - 1).shard())) {
                throw new InvalidInputException("Two members of the ring are named " + shard
                        + ". Nothing was read or written. Give each shard a name of its own.");
            }
        }
    }
}
