package dev.ringshard.ring;

/**
 * How far from its share of the rows a shard may be before anything moves; parts of the share. What was brought to its share is far
 * inside, so that what is written and how sizes are sampled does not push it out at once.
 *
 * @param mostOfKey of a shard whose share is more than the others', because it has a key that is
 * @param worth what a change must bring of that, or it is not made
 */
record RowBand(double least, double most, double mostOfKey, double worth) {
    static final RowBand USUAL = new RowBand(0.75, 1.08, 1.03, 0.03);
}
