package dev.ringshard.internal.schema;

import dev.ringshard.failure.ContentionException;
import dev.ringshard.failure.ForeignShardException;
import dev.ringshard.internal.ownership.ShardNumberTable;
import dev.ringshard.internal.shard.FailureKind;
import dev.ringshard.internal.shard.Shard;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Gives a shard that joins a number that no other has, had or gets.
 *
 * <p>There is no place that counts. The number is stored on all members, one after another by their names, before the newcomer uses
 * it: of two who want one number at once, one meets the other on the first member that both know, and takes another.
 */
final class ShardNumbers {
    private static final int ATTEMPTS = 20;

    private ShardNumbers() {}

    /**
     * Claims a number, or the one that was claimed under the same name before, and stores it on the newcomer, with all others.
     *
     * @throws ForeignShardException if there are none left; nothing was changed
     * @throws ContentionException if others were faster again and again
     */
    static void claim(Shard newcomer, List<Shard> members) {
        List<Shard> inOrder =
                members.stream().sorted(Comparator.comparing(Shard::name)).toList();
        for (int i = 0; i < ATTEMPTS; i++) {
            Map<String, Integer> known = new HashMap<>();
            Set<Integer> ofNewcomer = new HashSet<>();
            for (Shard member : inOrder) {
                Map<String, Integer> numbers = member.snapshot(reading -> ShardNumberTable.all(reading.dsl()));
                known.putAll(numbers);
                if (numbers.containsKey(newcomer.name())) {
                    ofNewcomer.add(numbers.get(newcomer.name()));
                }
            }
            int number = ofNewcomer.size() == 1 && i == 0
                    ? ofNewcomer.iterator().next()
                    : known.values().stream().mapToInt(each -> each).max().orElse(-1) + 1;
            if (number >= ShardNumberTable.MOST) {
                throw new ForeignShardException("""
                        Shard %s cannot join: the cluster has had %d shards, and each keeps its number for ever. Nothing was \
                        changed.""".formatted(newcomer.name(), ShardNumberTable.MOST));
            }
            if (inOrder.stream().allMatch(member -> store(member, newcomer.name(), number))) {
                known.put(newcomer.name(), number);
                newcomer.transaction(storing -> {
                    known.forEach((shard, its) -> ShardNumberTable.put(storing.dsl(), shard, its));
                    return true;
                });
                return;
            }
        }
        throw new ContentionException(
                "Others who joined at the same time took each number that shard %s was to have. It has not joined. Repeat."
                        .formatted(newcomer.name()));
    }

    /** Whether it could: not where another shard has it. */
    private static boolean store(Shard member, String newcomer, int number) {
        try {
            return member.transaction(storing -> {
                ShardNumberTable.put(storing.dsl(), newcomer, number);
                return true;
            });
        } catch (RuntimeException failure) {
            if (FailureKind.of(failure) != FailureKind.DUPLICATE) {
                throw failure;
            }
            return false;
        }
    }
}
