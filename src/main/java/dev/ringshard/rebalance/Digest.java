package dev.ringshard.rebalance;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** What is stored of one table, token by token. For one thread. */
final class Digest {
    private static final Summary NOTHING = new Summary(0, 0);

    private final Map<Long, Summary> byToken = new HashMap<>();

    void add(long token, long rowHash) {
        byToken.merge(token, new Summary(1, rowHash), Summary::plus);
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

    /** Of all tokens together. */
    Summary summary() {
        return byToken.values().stream().reduce(NOTHING, Summary::plus);
    }
}
