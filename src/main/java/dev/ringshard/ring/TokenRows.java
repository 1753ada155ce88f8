package dev.ringshard.ring;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How many rows stand where on the ring, as far as it was measured. Rows of one key are never in two cells; a key of many rows is
 * the only one of its cell. Immutable.
 *
 * @param cells ranges and the rows in them; a gap holds none
 * @param pinned the rows that no strategy places, by the shard that they must be on; not in the cells
 */
public record TokenRows(TokenMap<Long> cells, Map<String, Long> pinned) {
    /** Nothing was measured. */
    public static final TokenRows UNKNOWN = new TokenRows(TokenMap.of(List.of()), Map.of());

    public TokenRows {
        pinned = Map.copyOf(pinned);
    }

    /** What was measured, of which nothing is pinned. */
    public static TokenRows of(TokenMap<Long> cells) {
        return new TokenRows(cells, Map.of());
    }

    /** Whether anything was measured, if only that nothing is there. */
    public boolean isKnown() {
        return !cells.entries().isEmpty();
    }

    /** All rows in the cells. */
    public long total() {
        return cells.entries().stream().mapToLong(TokenMap.Entry::value).sum();
    }

    /**
     * How many rows each owner holds; of a cell that several own, each as much as of its tokens.
     *
     * @param owners who owns what
     * @return by owner, with 0 for those that own something and hold nothing
     */
    public Map<String, Long> by(TokenMap<String> owners) {
        Map<String, Double> held = new HashMap<>();
        owners.entries().forEach(entry -> held.putIfAbsent(entry.value(), 0.0));
        for (TokenRange piece : owners.commonPieces(cells)) {
            String owner = owners.get(piece.first());
            if (owner != null) {
                held.merge(owner, rowsIn(piece), Double::sum);
            }
        }
        return rounded(held);
    }

    /** Such that the sum is that of the parts: what rounding adds or takes is corrected where it is nearest to a half. */
    private static Map<String, Long> rounded(Map<String, Double> held) {
        Map<String, Long> rounded = new HashMap<>();
        held.forEach((owner, rows) -> rounded.put(owner, Math.round(rows)));
        long excess = rounded.values().stream().mapToLong(Long::longValue).sum()
                - Math.round(
                        held.values().stream().mapToDouble(Double::doubleValue).sum());
        long step = Long.signum(excess);
        Comparator<String> byError = Comparator.comparingDouble(
                owner -> step * (held.getOrDefault(owner, 0.0) - rounded.getOrDefault(owner, 0L)));
        held.keySet().stream()
                .sorted(byError.thenComparing(Comparator.naturalOrder()))
                .limit(Math.abs(excess))
                .toList()
                .forEach(owner -> rounded.merge(owner, -step, Long::sum));
        return rounded;
    }

    /** Of a range that lies in one cell or in a gap; each token of a cell counts alike. */
    double rowsIn(TokenRange piece) {
        TokenRange cell = cells.rangeOf(piece.first());
        @Nullable Long rows = cells.get(piece.first());
        if (cell == null || rows == null) {
            return 0;
        }
        return cell.equals(piece) ? rows : rows * (piece.fraction() / cell.fraction());
    }

    /** The same, in which rows of pinned tokens that are cells of their own count as {@link #pinned}, and no strategy places them. */
    TokenRows withPinned(Map<Long, String> shards) {
        if (shards.isEmpty() || !isKnown()) {
            return this;
        }
        Map<String, Long> withPins = new HashMap<>(pinned);
        List<TokenMap.Entry<Long>> rest = new ArrayList<>();
        for (TokenMap.Entry<Long> cell : cells.entries()) {
            TokenRange range = cell.range();
            String shard = range.first() == range.last() ? shards.get(range.first()) : null;
            if (shard != null) {
                withPins.merge(shard, cell.value(), Long::sum);
            }
            rest.add(shard == null ? cell : new TokenMap.Entry<>(range, 0L));
        }
        return new TokenRows(TokenMap.of(rest), withPins);
    }
}
