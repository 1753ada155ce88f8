package dev.ringshard.bench;

/** Told now and then what is being done. */
@FunctionalInterface
interface BenchProgress {
    /**
     * Tells.
     *
     * @param done operations so far, or customers while they are created or removed
     * @param fraction of the whole, 0 to 1
     */
    void tell(String activity, long done, double fraction);

    /** For a part of the whole. */
    default BenchProgress part(double from, double to) {
        return (activity, done, fraction) -> tell(activity, done, from + (to - from) * fraction);
    }
}
