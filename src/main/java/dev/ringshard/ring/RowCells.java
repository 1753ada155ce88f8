package dev.ringshard.ring;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * The whole ring as cells, each with its rows and of one owner. A cell is never cut, and has two tokens at least where its owner
 * has: a range of a single token is a pin. Immutable.
 */
final class RowCells {
    private final List<TokenRange> ranges;
    private final List<String> owners;
    private final long[] before;

    private RowCells(List<TokenMap.Entry<String>> cells, List<Long> rows) {
        this.ranges = cells.stream().map(TokenMap.Entry::range).toList();
        this.owners = cells.stream().map(TokenMap.Entry::value).toList();
        this.before = new long[rows.size() + 1];
        for (int i = 0; i < rows.size(); i++) {
            before[i + 1] = before[i] + rows.get(i);
        }
    }

    /** @param actual complete */
    static RowCells of(TokenMap<String> actual, TokenRows rows) {
        List<TokenMap.Entry<String>> cells = new ArrayList<>();
        List<Long> counts = new ArrayList<>();
        for (TokenRange piece : actual.merged().commonPieces(rows.cells())) {
            String owner = Objects.requireNonNull(actual.get(piece.first()));
            long count = Math.round(rows.rowsIn(piece));
            int end = cells.size() - 1;
            if (end >= 0
                    && cells.get(end).value().equals(owner)
                    && (isSingle(piece) || isSingle(cells.get(end).range()))) {
                TokenRange both = new TokenRange(cells.get(end).range().first(), piece.last());
                cells.set(end, new TokenMap.Entry<>(both, owner));
                counts.set(end, counts.get(end) + count);
            } else {
                cells.add(new TokenMap.Entry<>(piece, owner));
                counts.add(count);
            }
        }
        return new RowCells(cells, counts);
    }

    private static boolean isSingle(TokenRange range) {
        return range.first() == range.last();
    }

    int count() {
        return ranges.size();
    }

    String owner(int cell) {
        return owners.get(cell);
    }

    /** The tokens of the cells from the first up to, and without, the end. */
    TokenRange range(int from, int end) {
        return new TokenRange(ranges.get(from).first(), ranges.get(end - 1).last());
    }

    long rows(int from, int end) {
        return before[end] - before[from];
    }

    /** Where so many of these cells end, from the first on, that they hold no more than that. */
    int endWithin(int from, int end, double rows) {
        int at = Arrays.binarySearch(before, from, end + 1, before[from] + (long) Math.max(0, rows));
        int found = at >= 0 ? at : -at - 2;
        while (found < end && before[found + 1] == before[found]) {
            found++;
        }
        return found;
    }

    /** Where so many of these cells begin, up to the last, that they hold no more than that. */
    int beginWithin(int from, int end, double rows) {
        int at = Arrays.binarySearch(before, from, end + 1, before[end] - (long) Math.max(0, rows));
        int found = at >= 0 ? at : -at - 1;
        while (found > from && before[found - 1] == before[found]) {
            found--;
        }
        return found;
    }
}
