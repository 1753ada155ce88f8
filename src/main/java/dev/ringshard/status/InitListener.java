package dev.ringshard.status;

/** Told how an init goes on. */
@FunctionalInterface
public interface InitListener {
    /** What is about to be done with which shard; what this throws ends the init there. */
    void before(InitStep step, String shard);

    /**
     * Told now and then, perhaps by another thread, how far a step is that takes long.
     *
     * @param howFar in words, such as {@code index of orders: building, 34 %}
     */
    default void progress(String shard, String howFar) {}
}
