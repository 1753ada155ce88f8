package dev.ringshard.ring;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Plans from who owns what now and how many rows stand where: each shard shall hold rows in proportion to its weight, whatever part
 * of the ring that is. Rows of one key are never parted, so a shard with a key above its share holds that key and nothing else.
 *
 * <ul>
 *   <li>Where all shards hold between 0.75 and 1.08 of their shares nothing moves ({@link RowBand}); otherwise those above give down
 *       to 1.02 as far as whole keys go ({@link SizeRedistribution}).
 *   <li>No row moves that does not bring a shard closer to its share, or belongs to a large key that does.
 *   <li>A target is its own target, with the same rows.
 *   <li>No shard gets more than 48 ranges for each mean weight, unless it had more, or they come from one that leaves.
 * </ul>
 *
 * <p>Without measured rows only ranges move of shards that should own nothing, each to a neighbour; a new cluster and one
 * without rows are as by {@link Balanced}.
 */
final class BySize implements RingStrategy {
    /** Shares are computed anew when large keys have moved. */
    private static final int MOST_ROUNDS = 16;

    @Override
    public String name() {
        return "by-size";
    }

    @Override
    public boolean dependsOnRows() {
        return true;
    }

    @Override
    public TokenMap<String> target(TokenMap<String> actual, KeyHash hash, int virtualNodes, List<Member> members) {
        return target(actual, hash, virtualNodes, members, TokenRows.UNKNOWN);
    }

    @Override
    public TokenMap<String> target(
            TokenMap<String> actual, KeyHash hash, int virtualNodes, List<Member> members, TokenRows rows) {
        Map<String, Double> weights =
                Members.byName(members).stream().collect(Collectors.toMap(Member::shard, Member::weight));
        boolean isEmpty = rows.isKnown() && rows.total() == 0;
        if (actual.entries().isEmpty() || isEmpty) {
            return new Balanced().target(actual, hash, virtualNodes, members);
        }
        actual.requireComplete("actual");
        return rows.isKnown() ? settled(actual, rows, weights) : drained(actual, hash, virtualNodes, members);
    }

    private static TokenMap<String> settled(TokenMap<String> actual, TokenRows rows, Map<String, Double> weights) {
        TokenMap<String> owners = actual;
        for (int round = 1; round <= MOST_ROUNDS; round++) {
            TokenMap<String> next = SizeRedistribution.of(owners, rows, weights, RowBand.USUAL);
            if (next.equals(owners)) {
                break;
            }
            owners = next;
        }
        return owners;
    }

    /** Ranges of those that should own nothing go to the owner before them, or the next one. */
    private static TokenMap<String> drained(
            TokenMap<String> actual, KeyHash hash, int virtualNodes, List<Member> members) {
        List<String> staying =
                members.stream().filter(Member::takesPart).map(Member::shard).toList();
        List<TokenMap.Entry<String>> entries = actual.merged().entries();
        String heir = entries.stream()
                .map(TokenMap.Entry::value)
                .filter(staying::contains)
                .findFirst()
                .orElse("");
        if (heir.isEmpty()) {
            return new Balanced().target(actual, hash, virtualNodes, members);
        }
        List<TokenMap.Entry<String>> drained = new ArrayList<>();
        for (TokenMap.Entry<String> entry : entries) {
            heir = staying.contains(entry.value()) ? entry.value() : heir;
            drained.add(new TokenMap.Entry<>(entry.range(), heir));
        }
        return TokenMap.of(drained).merged();
    }
}
