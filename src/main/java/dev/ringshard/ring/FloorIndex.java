package dev.ringshard.ring;

/**
 * Finds, among sorted starts of ranges, the last one at or before a token, in constant time and without garbage.
 *
 * <p>The ring is cut into a power of two of equal buckets, four to eight for each range. A table says for each bucket
 * which range holds the bucket's first token, so the answer for a token lies between its bucket's number and the next
 * bucket's. Where the starts lie evenly, as hashes do, that leaves one candidate or two; however unevenly they lie, even
 * all in one bucket, a binary search among the candidates takes no more steps than one over all of them.
 *
 * <p>INVARIANT: {@code floors[b] <= floor(token) <= floors[b + 1]} for every token of bucket {@code b}.
 */
final class FloorIndex {
    private static final int FEWEST_BITS = 1; // A shift by 64 would be a shift by 0.
    private static final int MOST_BITS = 24; // A table of 64 MB.
    private static final int EXTRA_BITS = 2; // So that most buckets lie in one range: twice as fast as none.

    private final long[] firsts;
    private final int[] floors;
    private final int shift;

    /** @param firsts strictly ascending; kept, not copied */
    FloorIndex(long[] firsts) {
        int bits = bits(firsts.length);
        this.firsts = firsts;
        this.shift = Long.SIZE - bits;
        this.floors = new int[(1 << bits) + 1];
        fill();
    }

    /** The position of the last start that is at or before the token; -1 if all come after it. */
    int floor(long token) {
        int bucket = bucket(token);
        int low = floors[bucket];
        int high = floors[bucket + 1];
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (firsts[middle] <= token) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    private static int bits(int ranges) {
        int bitsOfCount = Integer.SIZE - Integer.numberOfLeadingZeros(ranges);
        return Math.max(FEWEST_BITS, Math.min(MOST_BITS, bitsOfCount + EXTRA_BITS));
    }

    private int bucket(long token) {
        return (int) ((token ^ Long.MIN_VALUE) >>> shift);
    }

    private long firstTokenOf(int bucket) {
        return ((long) bucket << shift) ^ Long.MIN_VALUE;
    }

    private void fill() {
        int floor = -1;
        int buckets = floors.length - 1;
        for (int bucket = 0; bucket < buckets; bucket++) {
            long firstToken = firstTokenOf(bucket);
            while (floor + 1 < firsts.length && firsts[floor + 1] <= firstToken) {
                floor++;
            }
            floors[bucket] = floor;
        }
        floors[buckets] = firsts.length - 1;
    }
}
