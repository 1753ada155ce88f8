package dev.ringshard.internal.shard;

import java.time.Duration;

/** Waits; a test's own moves its clock by hand instead. */
@FunctionalInterface
public interface Sleeper {
    /** Waits at least as long as given. */
    void sleep(Duration duration) throws InterruptedException;
}
