package dev.ringshard.internal.ownership;

import dev.ringshard.ring.TokenRange;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * How finely the ranges of a shard are cut into rows of {@code owned_range}. A row is a lock: a mover that waits for one should
 * not keep all work of the shard waiting, so there should be many; and a router reads them all, so not too many.
 */
public final class InitialRanges {
    private static final int FEWEST = 64;
    private static final int MOST = 4 * FEWEST;

    private InitialRanges() {}

    /** Ranges that a shard is to own, cut into enough rows. */
    static List<TokenRange> cut(Collection<TokenRange> ranges) {
        double all = ranges.stream().mapToDouble(TokenRange::fraction).sum();
        List<TokenRange> rows = new ArrayList<>();
        for (TokenRange range : ranges) {
            rows.addAll(range.split((int) Math.max(1, Math.round(FEWEST * range.fraction() / all))));
        }
        return rows;
    }

    /**
     * Runs of neighbouring rows that can be one row each, and the shard would still have enough.
     *
     * @param rows ascending, without overlap
     * @return each of two rows or more; empty unless there are too many
     */
    public static List<List<OwnedRange>> mergeable(List<OwnedRange> rows) {
        double largest =
                rows.stream().mapToDouble(row -> row.range().fraction()).sum() / FEWEST;
        List<List<OwnedRange>> runs = new ArrayList<>();
        if (rows.size() <= MOST) {
            return runs;
        }
        List<OwnedRange> run = new ArrayList<>();
        double size = 0;
        for (OwnedRange row : rows) {
            boolean continues =
                    !run.isEmpty() && run.get(run.size() - 1).range().isRightBefore(row.range());
            if (!continues || size + row.range().fraction() > largest) {
                addIfRun(runs, run);
                run = new ArrayList<>();
                size = 0;
            }
            run.add(row);
            size += row.range().fraction();
        }
        addIfRun(runs, run);
        return runs;
    }

    private static void addIfRun(List<List<OwnedRange>> runs, List<OwnedRange> run) {
        if (run.size() > 1) {
            runs.add(List.copyOf(run));
        }
    }
}
