package dev.ringshard.internal.handover;

import java.util.List;

/**
 * What is stored of some rows, in short.
 *
 * @param rows how many
 * @param sum of one 64-bit hash for each row, modulo 2^64, so that the order of the rows makes no difference
 */
record RowDigest(long rows, long sum) {

    RowDigest plus(RowDigest other) {
        return new RowDigest(rows + other.rows, sum + other.sum);
    }

    RowDigest minus(RowDigest other) {
        return new RowDigest(rows - other.rows, sum - other.sum);
    }

    static long rows(List<RowDigest> tables) {
        return tables.stream().mapToLong(RowDigest::rows).sum();
    }

    /** Of several tables together, as stored with a handover. */
    static String text(List<RowDigest> tables) {
        long sum = 0;
        for (RowDigest table : tables) {
            sum = 31 * sum + table.sum;
        }
        return Long.toHexString(sum);
    }
}
