package dev.ringshard.status;

/**
 * What handovers have left on a shard, or are about to finish: no damage, but work for a recovery.
 *
 * @param incoming ranges that are staged and not owned
 * @param departed ranges that left and whose rows await deletion
 * @param handovers that are committed and not finished
 */
public record Leftovers(int incoming, int departed, int handovers) {
    /** Nothing is left. */
    public static final Leftovers NONE = new Leftovers(0, 0, 0);

    /** All together. */
    public int total() {
        return incoming + departed + handovers;
    }
}
