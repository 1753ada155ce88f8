package dev.ringshard.rebalance;

import java.util.List;

/**
 * What is stored of some rows, in short.
 *
 * @param rows how many
 * @param sum of one 64-bit hash for each row, modulo 2^64, so that the order of the rows makes no difference
 */
record Summary(long rows, long sum) {

    Summary plus(Summary other) {
        return new Summary(rows + other.rows, sum + other.sum);
    }

    Summary minus(Summary other) {
        return new Summary(rows - other.rows, sum - other.sum);
    }

    static long rows(List<Summary> tables) {
        return tables.stream().mapToLong(Summary::rows).sum();
    }

    /** Of several tables together, as stored with a handover. */
    static String text(List<Summary> tables) {
        long sum = 0;
        for (Summary table : tables) {
            sum = 31 * sum + table.sum;
        }
        return Long.toHexString(sum);
    }
}
