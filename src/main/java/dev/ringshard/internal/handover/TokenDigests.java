package dev.ringshard.internal.handover;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** What is stored of one table, token by token. For one thread. */
final class TokenDigests {
    private static final RowDigest NOTHING = new RowDigest(0, 0);

    private final Map<Long, RowDigest> byToken = new HashMap<>();

    void add(long token, long rowHash) {
        byToken.merge(token, new RowDigest(1, rowHash), RowDigest::plus);
    }

    /** The tokens of which the other stores something else. */
    Set<Long> differences(TokenDigests other) {
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

    /** Of all tokens together. */
    RowDigest summary() {
        return byToken.values().stream().reduce(NOTHING, RowDigest::plus);
    }
}
