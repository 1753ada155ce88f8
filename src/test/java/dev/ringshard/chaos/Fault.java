package dev.ringshard.chaos;

import java.util.random.RandomGenerator;

/**
 * One kind of trouble; implemented by enums, one for each {@link Actor}. This is where more is plugged in: a new enum, and
 * an actor for it in {@link ChaosIT}.
 */
interface Fault {
    /** The name in the report. */
    String name();

    /** Whether no other trouble is made at the same time. */
    default boolean isAlone() {
        return false;
    }

    /**
     * Makes trouble and ends it, within a few seconds: what a fault began is over when this returns or throws. Waits by
     * {@link Stage#lasts}, which returns early when the play ends.
     *
     * @throws Exception if something broke that the fault did not mean to break; the run then fails
     */
    void strike(Stage stage, RandomGenerator random) throws Exception;
}
