package dev.ringshard.ring;

import dev.ringshard.failure.InvalidInputException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Keys that must live on a named shard, whatever the ring says. Each is a range of one token; no strategy makes such small ones, so
 * that one which is pinned no more goes back to the owner of the range around it. Immutable.
 *
 * @param shards the shards by key; a key as the cluster writes it, see {@link KeyType}
 */
public record Pins(Map<String, String> shards) {
    public static final Pins NONE = new Pins(Map.of());

    public Pins {
        shards = Map.copyOf(shards);
    }

    /** The same, and this one. */
    public Pins with(String key, String shard) {
        Map<String, String> more = new LinkedHashMap<>(shards);
        more.put(key, shard);
        return new Pins(more);
    }

    /** The same without this key, or the very same if it is not pinned. */
    public Pins without(String key) {
        Map<String, String> less = new LinkedHashMap<>(shards);
        less.remove(key);
        return new Pins(less);
    }

    /** The keys that are pinned to a shard, ascending. */
    public List<String> keysOf(String shard) {
        return shards.entrySet().stream()
                .filter(pin -> pin.getValue().equals(shard))
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }

    /**
     * An assignment in which the pinned keys are where they must be, and everything else is as a strategy wants it.
     *
     * @param actual who owns what now; complete, or empty for a new cluster
     * @throws InvalidInputException if two keys have one token and are pinned to two shards
     */
    public TokenMap<String> target(
            TokenMap<String> actual, RingStrategy strategy, KeyHash hash, int virtualNodes, List<Member> members) {
        return target(actual, strategy, hash, virtualNodes, members, TokenRows.UNKNOWN);
    }

    /**
     * As {@link #target(TokenMap, RingStrategy, KeyHash, int, List)}, with what is known of how many rows stand where.
     *
     * @param rows in which each pinned token is a cell of its own
     */
    public TokenMap<String> target(
            TokenMap<String> actual,
            RingStrategy strategy,
            KeyHash hash,
            int virtualNodes,
            List<Member> members,
            TokenRows rows) {
        TokenMap<String> unpinned =
                strategy.target(withoutPins(actual), hash, virtualNodes, members, rows.withPinned(byToken(hash)));
        return over(unpinned, hash);
    }

    private TokenMap<String> over(TokenMap<String> unpinned, KeyHash hash) {
        if (shards.isEmpty()) {
            return unpinned;
        }
        TokenMap.Builder<String> pinned = TokenMap.builder();
        NavigableMap<Long, String> pins = byToken(hash);
        for (TokenMap.Entry<String> entry : unpinned.entries()) {
            TokenRange range = entry.range();
            List<TokenRange> rest = List.of(range);
            for (Map.Entry<Long, String> pin :
                    pins.subMap(range.first(), true, range.last(), true).entrySet()) {
                TokenRange token = new TokenRange(pin.getKey(), pin.getKey());
                pinned.put(token, pin.getValue());
                List<TokenRange> pieces = rest.isEmpty() ? rest : rest.get(0).without(token);
                pieces.stream()
                        .filter(piece -> piece.last() < token.first())
                        .forEach(piece -> pinned.put(piece, entry.value()));
                rest = pieces.stream()
                        .filter(piece -> piece.first() > token.last())
                        .toList();
            }
            rest.forEach(piece -> pinned.put(piece, entry.value()));
        }
        return pinned.build();
    }

    private NavigableMap<Long, String> byToken(KeyHash hash) {
        NavigableMap<Long, String> byToken = new TreeMap<>();
        shards.forEach((key, shard) -> {
            String other = byToken.put(hash.token(key), shard);
            if (other != null && !other.equals(shard)) {
                throw new InvalidInputException("""
                        The key '%s' has the same token as another one that is pinned to %s, so that the two cannot be on two shards. \
                        Nothing was read or written. Pin one of them.""".formatted(key, other));
            }
        });
        return byToken;
    }

    /** Each range of a single token as part of the one before it, or the one behind it. */
    private static TokenMap<String> withoutPins(TokenMap<String> actual) {
        List<TokenMap.Entry<String>> entries = actual.merged().entries();
        if (entries.stream().noneMatch(entry -> isPin(entry.range()))) {
            return actual;
        }
        List<TokenMap.Entry<String>> whole = new ArrayList<>();
        List<TokenRange> waiting = new ArrayList<>();
        for (TokenMap.Entry<String> entry : entries) {
            boolean follows =
                    !whole.isEmpty() && whole.get(whole.size() - 1).range().isRightBefore(entry.range());
            if (!isPin(entry.range())) {
                waiting.forEach(range -> whole.add(new TokenMap.Entry<>(range, entry.value())));
                waiting.clear();
                whole.add(entry);
            } else if (follows) {
                whole.add(new TokenMap.Entry<>(
                        entry.range(), whole.get(whole.size() - 1).value()));
            } else {
                waiting.add(entry.range());
            }
        }
        return waiting.isEmpty() ? TokenMap.of(whole).merged() : actual;
    }

    private static boolean isPin(TokenRange range) {
        return range.first() == range.last();
    }
}
