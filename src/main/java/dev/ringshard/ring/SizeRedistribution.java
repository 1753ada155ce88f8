package dev.ringshard.ring;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Hands whole cells from shards that hold more than their share of the rows to those that hold less, until nothing is gained by it.
 * For one thread.
 *
 * <p>INVARIANT: each step takes rows from above a share and brings them below one: what lies above the shares together falls with
 * each, by as many rows as move, and where a key is too large for that, by part of them. So it ends, and from its end does nothing.
 *
 * <ol>
 *   <li>{@link #drain()}: shards that should hold nothing give all that they own.
 *   <li>{@link #wholeKey}: while others have room, a key of a shard whose other keys together are not enough.
 *   <li>{@link #fitting}: as many cells in a row as lie above the giver's share, and fit below the taker's; rather to a neighbour,
 *       where that makes no range more.
 *   <li>{@link #wholeKey} again: where nothing fits, a key that brings the taker above its share, if the giver was far higher.
 * </ol>
 */
final class SizeRedistribution {
    /** What a shard gives down to, and what one that lacks too much is given; parts of its share. */
    private static final double CALM = 1.02;

    private static final double ENOUGH = 0.9;

    /** So much lower the higher of two shards must be after a whole key has moved, in parts of a share. */
    private static final double WORTH_A_KEY = 0.05;

    /** Parts of the mean share: what no step is made for less than, and what a range more must bring. */
    private static final double LEAST_STEP = 0.005;

    private static final double PRICE_OF_A_RANGE = 0.05;

    /** For each mean weight of a shard, unless it has more already. */
    private static final int MOST_RANGES = 48;

    /** Neighbouring cells of one owner. */
    private record Segment(int from, int end, int owner) {}

    /** Cells of a segment that go to a taker. */
    private record Step(int segment, int from, int end, int taker, double value) {}

    private final RowCells cells;
    private final String[] names;
    private final double[] weights;
    private final double[] loads;
    private final double[] shares;
    private final double[] limits;
    private final double mean;
    private final double level;
    private final int[] mostRanges;
    private int[] ranges;
    private List<Segment> segments = new ArrayList<>();

    private SizeRedistribution(RowCells cells, Map<String, Double> weightOf, Map<String, Long> pinned, RowBand band) {
        this.cells = cells;
        SortedSet<String> all = new TreeSet<>(weightOf.keySet());
        for (int i = 0; i < cells.count(); i++) {
            all.add(cells.owner(i));
        }
        this.names = all.toArray(String[]::new);
        this.weights = Arrays.stream(names)
                .mapToDouble(name -> weightOf.getOrDefault(name, 0.0))
                .toArray();
        this.loads = new double[names.length];
        double[] fixed = new double[names.length];
        double[] largest = new double[names.length];
        for (int i = 0; i < names.length; i++) {
            fixed[i] = weights[i] == 0 ? 0 : pinned.getOrDefault(names[i], 0L);
            loads[i] = fixed[i];
        }
        for (int i = 0; i < cells.count(); i++) {
            int owner = Arrays.binarySearch(names, cells.owner(i));
            loads[owner] += cells.rows(i, i + 1);
            largest[owner] = Math.max(largest[owner], (double) cells.rows(i, i + 1));
            segments.add(new Segment(i, i + 1, owner));
        }
        double rows = Arrays.stream(loads).sum();
        double weight = Arrays.stream(weights).sum();
        long taking = Arrays.stream(weights).filter(one -> one > 0).count();
        this.shares = new RowShares(weights, fixed, largest).of(rows);
        double lowestLevel = IntStream.range(0, names.length)
                .filter(i -> weights[i] > 0)
                .mapToDouble(i -> shares[i] / weights[i])
                .min()
                .orElse(0);
        this.limits = IntStream.range(0, names.length)
                .mapToDouble(i -> Math.max(band.most() * lowestLevel * weights[i], band.mostOfKey() * shares[i]))
                .toArray();
        this.mean = rows / taking;
        this.level = rows / weight;
        this.ranges = new int[names.length];
        join();
        this.mostRanges = new int[names.length];
        for (int i = 0; i < names.length; i++) {
            double ofMean = weights[i] * taking / weight;
            mostRanges[i] = Math.max(ranges[i], (int) (MOST_RANGES * Math.max(1, ofMean)));
        }
    }

    /**
     * Who owns what afterwards.
     *
     * @param actual complete
     * @param weights at least one above 0
     */
    static TokenMap<String> of(TokenMap<String> actual, TokenRows rows, Map<String, Double> weights, RowBand band) {
        SizeRedistribution redistribution =
                new SizeRedistribution(RowCells.of(actual, rows), weights, rows.pinned(), band);
        boolean hadToDrain = redistribution.drain();
        TokenMap<String> drained = hadToDrain ? redistribution.outcome() : actual;
        if (redistribution.highest() <= 1 && redistribution.lowest() >= band.least()) {
            return drained;
        }
        double highest = redistribution.highest();
        double lowest = redistribution.lowest();
        redistribution.settle();
        boolean isWorthIt = highest - redistribution.highest() >= band.worth()
                || (lowest < band.least() && redistribution.lowest() - lowest >= band.worth());
        return isWorthIt ? redistribution.outcome() : drained;
    }

    /** The most that any holds of what it may hold. */
    private double highest() {
        double highest = 0;
        for (int i = 0; i < names.length; i++) {
            highest = Math.max(highest, ofLimit(i));
        }
        return highest;
    }

    private double ofLimit(int shard) {
        return limits[shard] < 1 ? 0 : loads[shard] / limits[shard];
    }

    private double lowest() {
        double lowest = 1;
        for (int i = 0; i < names.length; i++) {
            lowest = weights[i] > 0 ? Math.min(lowest, ofShare(i)) : lowest;
        }
        return lowest;
    }

    /** Of less than a row, nothing can be told. */
    private double ofShare(int shard) {
        return weights[shard] == 0 || shares[shard] < 1 ? 1 : loads[shard] / shares[shard];
    }

    private void settle() {
        Optional<Step> step = next();
        while (step.isPresent()) {
            take(step.get());
            step = next();
        }
    }

    private Optional<Step> next() {
        Optional<Step> step = wholeKey(true);
        if (step.isEmpty()) {
            step = fitting(CALM);
        }
        if (step.isEmpty() && lowest() < ENOUGH) {
            step = fitting(1);
        }
        return step.isEmpty() ? wholeKey(false) : step;
    }

    /** Whether there was anything to drain. */
    private boolean drain() {
        boolean drains = false;
        int at = firstToDrain();
        while (at >= 0) {
            drains = true;
            take(drained(at));
            at = firstToDrain();
        }
        return drains;
    }

    private int firstToDrain() {
        for (int i = 0; i < segments.size(); i++) {
            if (weights[segments.get(i).owner()] == 0) {
                return i;
            }
        }
        return -1;
    }

    /** What fits into a neighbour, or into the shard with most room; if nothing fits anywhere, one cell. */
    private Step drained(int at) {
        Segment segment = segments.get(at);
        int roomiest = roomiest(segment.owner(), true);
        Step best = null;
        for (Step step : stepsTo(at, neighbours(at), roomiest, Double.MAX_VALUE)) {
            best = best == null || step.value() > best.value() ? step : best;
        }
        if (best != null) {
            return best;
        }
        boolean isEmpty = cells.rows(segment.from(), segment.end()) == 0;
        int[] neighbours = neighbours(at);
        int taker = isEmpty && neighbours.length > 0 ? neighbours[0] : roomiest;
        return new Step(at, segment.from(), isEmpty ? segment.end() : segment.from() + 1, taker, 0);
    }

    /** The owners beside a segment that should hold anything. */
    private int[] neighbours(int at) {
        int[] both = {
            at == 0 ? -1 : segments.get(at - 1).owner(),
            at + 1 == segments.size() ? -1 : segments.get(at + 1).owner()
        };
        return Arrays.stream(both)
                .filter(owner -> owner >= 0 && weights[owner] > 0)
                .toArray();
    }

    /**
     * The most that can go from above a share to below one, less what its ranges cost.
     *
     * @param floor who holds no more of a share gives nothing
     */
    private Optional<Step> fitting(double floor) {
        Step best = null;
        for (int at = 0; at < segments.size(); at++) {
            int giver = segments.get(at).owner();
            double surplus = loads[giver] - shares[giver];
            if (loads[giver] > floor * shares[giver] && surplus >= leastStep()) {
                for (Step step : stepsTo(at, neighbours(at), roomiest(giver, false), surplus)) {
                    best = best == null || step.value() > best.value() ? step : best;
                }
            }
        }
        return Optional.ofNullable(best);
    }

    private List<Step> stepsTo(int at, int[] neighbours, int roomiest, double surplus) {
        Segment segment = segments.get(at);
        List<Step> steps = new ArrayList<>();
        for (int neighbour : neighbours) {
            double rows = Math.min(surplus, shares[neighbour] - loads[neighbour]);
            if (at > 0 && segments.get(at - 1).owner() == neighbour) {
                add(steps, at, segment.from(), cells.endWithin(segment.from(), segment.end(), rows), neighbour, 0);
            }
            if (at + 1 < segments.size() && segments.get(at + 1).owner() == neighbour) {
                add(steps, at, cells.beginWithin(segment.from(), segment.end(), rows), segment.end(), neighbour, 0);
            }
        }
        if (roomiest >= 0) {
            double rows = Math.min(surplus, shares[roomiest] - loads[roomiest]);
            add(steps, at, segment.from(), cells.endWithin(segment.from(), segment.end(), rows), roomiest, 1);
            add(steps, at, cells.beginWithin(segment.from(), segment.end(), rows), segment.end(), roomiest, 1);
            if (ranges[segment.owner()] < mostRanges[segment.owner()]) {
                addFromWithin(steps, at, rows, roomiest);
            }
        }
        return steps;
    }

    /** The most cells in a row from anywhere in the segment. */
    private void addFromWithin(List<Step> steps, int at, double rows, int taker) {
        Segment segment = segments.get(at);
        int bestFrom = segment.from();
        int bestEnd = segment.from();
        int end = segment.from();
        for (int from = segment.from(); from < segment.end(); from++) {
            end = Math.max(end, from);
            while (end < segment.end() && cells.rows(from, end + 1) <= rows) {
                end++;
            }
            if (cells.rows(from, end) > cells.rows(bestFrom, bestEnd)) {
                bestFrom = from;
                bestEnd = end;
            }
        }
        add(steps, at, bestFrom, bestEnd, taker, 2);
    }

    private void add(List<Step> steps, int at, int from, int end, int taker, int moreRanges) {
        Segment segment = segments.get(at);
        boolean isWhole = from == segment.from() && end == segment.end();
        double rows = from < end ? cells.rows(from, end) : 0;
        if (rows >= leastStep() || (isWhole && weights[segment.owner()] == 0 && rows > 0)) {
            double price = (moreRanges - (isWhole ? 1 : 0)) * PRICE_OF_A_RANGE * mean;
            steps.add(new Step(at, from, end, taker, rows - price));
        }
    }

    /** The one that lacks most and may have a range more; -1 if none lacks anything, unless one is needed. */
    private int roomiest(int giver, boolean isNeeded) {
        int roomiest = -1;
        for (int i = 0; i < names.length; i++) {
            boolean mayTake = i != giver && weights[i] > 0 && (isNeeded || ranges[i] < mostRanges[i]);
            boolean hasRoom = isNeeded || shares[i] - loads[i] >= leastStep();
            if (mayTake && hasRoom && (roomiest < 0 || lack(i) > lack(roomiest))) {
                roomiest = i;
            }
        }
        return roomiest;
    }

    private double lack(int shard) {
        return shares[shard] - loads[shard];
    }

    /**
     * Where whole keys are too large to fit: the cell after whose move the higher of the two shards is lowest.
     *
     * @param isFirst only from shards whose small cells are not enough, and only to where there is room for all of it
     */
    private Optional<Step> wholeKey(boolean isFirst) {
        double[] small = isFirst ? smallCells() : new double[names.length];
        Step best = null;
        double lowestPeak = Double.MAX_VALUE;
        for (int at = 0; at < segments.size(); at++) {
            int giver = segments.get(at).owner();
            int taker = roomiest(giver, false);
            boolean mayGive = ofLimit(giver) > 1 && ranges[giver] < mostRanges[giver];
            if (taker >= 0 && mayGive && loads[giver] - small[giver] > CALM * shares[giver]) {
                for (int cell = segments.get(at).from(); cell < segments.get(at).end(); cell++) {
                    double peak = peakAfter(cell, giver, taker);
                    boolean hasRoom = !isFirst || cells.rows(cell, cell + 1) <= lack(taker);
                    if (hasRoom
                            && peak < lowestPeak
                            && peak <= loads[giver] / weights[giver] - WORTH_A_KEY * level
                            && gain(cell, giver, taker) >= leastStep()) {
                        lowestPeak = peak;
                        best = new Step(at, cell, cell + 1, taker, 0);
                    }
                }
            }
        }
        return Optional.ofNullable(best);
    }

    /** The rows of each shard in cells that fit into what lies above its share. */
    private double[] smallCells() {
        double[] small = new double[names.length];
        for (Segment segment : segments) {
            double surplus = loads[segment.owner()] - shares[segment.owner()];
            for (int cell = segment.from(); cell < segment.end() && surplus > 0; cell++) {
                double rows = cells.rows(cell, cell + 1);
                small[segment.owner()] += rows <= surplus ? rows : 0;
            }
        }
        return small;
    }

    private double peakAfter(int cell, int giver, int taker) {
        double rows = cells.rows(cell, cell + 1);
        return Math.max((loads[giver] - rows) / weights[giver], (loads[taker] + rows) / weights[taker]);
    }

    /** By how much less lies above the two shares then. */
    private double gain(int cell, int giver, int taker) {
        double rows = cells.rows(cell, cell + 1);
        double before = loads[giver] - shares[giver];
        double after = Math.max(0, before - rows) + Math.max(0, rows - lack(taker));
        return before - after;
    }

    private double leastStep() {
        return Math.max(1, LEAST_STEP * mean);
    }

    private void take(Step step) {
        Segment segment = segments.get(step.segment());
        List<Segment> parts = new ArrayList<>();
        parts.add(new Segment(segment.from(), step.from(), segment.owner()));
        parts.add(new Segment(step.from(), step.end(), step.taker()));
        parts.add(new Segment(step.end(), segment.end(), segment.owner()));
        double rows = cells.rows(step.from(), step.end());
        loads[segment.owner()] -= rows;
        loads[step.taker()] += rows;
        segments.remove(step.segment());
        segments.addAll(step.segment(), parts);
        join();
    }

    /** Neighbours of one owner become one segment, and empty ones none. */
    private void join() {
        List<Segment> joined = new ArrayList<>();
        ranges = new int[names.length];
        for (Segment segment : segments) {
            @Nullable Segment last = joined.isEmpty() ? null : joined.get(joined.size() - 1);
            if (segment.from() < segment.end()) {
                if (last != null && last.owner() == segment.owner()) {
                    joined.set(joined.size() - 1, new Segment(last.from(), segment.end(), last.owner()));
                } else {
                    joined.add(segment);
                    ranges[segment.owner()]++;
                }
            }
        }
        segments = joined;
    }

    private TokenMap<String> outcome() {
        TokenMap.Builder<String> outcome = TokenMap.builder();
        segments.forEach(segment -> outcome.put(cells.range(segment.from(), segment.end()), names[segment.owner()]));
        return outcome.build();
    }
}
