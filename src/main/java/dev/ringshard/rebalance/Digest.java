package dev.ringshard.rebalance;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is stored of one table, token by token: for each token how many rows there are, and the sum of one 64-bit hash for
 * each row (modulo 2^64, so that the order of the rows makes no difference). For one thread.
 */
final class Digest {
    private final Map<Long, Rows> byToken = new HashMap<>();

    /** The rows of one token. */
    private record Rows(long count, long sum) {}

    void add(long token, long rowHash) {
        byToken.merge(token, new Rows(1, rowHash), (some, one) -> new Rows(some.count + one.count, some.sum + one.sum));
    }

    /** The tokens of which the other stores something else. */
    Set<Long> differences(Digest other) {
        Set<Long> differing = new HashSet<>();
        byToken.forEach((token, rows) -> {
            if (!rows.equals(other.byToken.get(token))) {
                differing.add(token);
            }
        });
        other.byToken.keySet().stream()
                .filter(token -> !byToken.containsKey(token))
                .forEach(differing::add);
        return differing;
    }

    /** The same with what another digest says of some tokens. */
    Digest with(Collection<Long> tokens, Digest newer) {
        Digest merged = new Digest();
        merged.byToken.putAll(byToken);
        for (Long token : tokens) {
            Rows rows = newer.byToken.get(token);
            if (rows == null) {
                merged.byToken.remove(token);
            } else {
                merged.byToken.put(token, rows);
            }
        }
        return merged;
    }

    long rows() {
        return byToken.values().stream().mapToLong(Rows::count).sum();
    }

    /** Of several tables together, as stored with a handover. */
    static String text(List<Digest> tables) {
        long sum = 0;
        for (Digest table : tables) {
            sum = 31 * sum
                    + table.byToken.values().stream().mapToLong(Rows::sum).sum();
        }
        return Long.toHexString(sum);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Digest digest && byToken.equals(digest.byToken);
    }

    @Override
    public int hashCode() {
        return Objects.hash(byToken);
    }
}
