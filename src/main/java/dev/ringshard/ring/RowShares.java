package dev.ringshard.ring;

import java.util.stream.IntStream;

/**
 * How many rows each shard should hold: in proportion to the weights, as far as whole keys allow. A shard that is pinned more than
 * that should hold what it is pinned, one with a larger key that key, and the others share the rest.
 */
final class RowShares {
    private final double[] weights;
    private final double[] least;

    /**
     * By shard.
     *
     * @param pinned rows that each must hold
     * @param largest of the cells that each owns
     */
    RowShares(double[] weights, double[] pinned, double[] largest) {
        this.weights = weights;
        this.least = new double[weights.length];
        for (int i = 0; i < weights.length; i++) {
            least[i] = weights[i] == 0 ? 0 : pinned[i] + largest[i];
        }
    }

    /** Of so many rows; 0 for a shard without weight. */
    double[] of(double rows) {
        boolean[] holdsItsLeast = new boolean[weights.length];
        while (true) {
            double left = rows;
            double weight = 0;
            for (int i = 0; i < weights.length; i++) {
                left -= holdsItsLeast[i] ? least[i] : 0;
                weight += holdsItsLeast[i] ? 0 : weights[i];
            }
            double level = weight == 0 ? 0 : Math.max(0, left) / weight;
            int[] above = IntStream.range(0, weights.length)
                    .filter(i -> !holdsItsLeast[i] && weights[i] > 0 && least[i] > level * weights[i])
                    .toArray();
            if (above.length == 0) {
                double[] shares = new double[weights.length];
                for (int i = 0; i < shares.length; i++) {
                    shares[i] = holdsItsLeast[i] ? least[i] : level * weights[i];
                }
                return shares;
            }
            for (int i : above) {
                holdsItsLeast[i] = true;
            }
        }
    }
}
