package dev.ringshard.rebalance;

import dev.ringshard.failure.RingshardException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/** A rebalance under way, in threads of its own. Thread-safe. */
public final class Rebalancing {
    private final PauseControl gate;
    private final CompletableFuture<RebalanceReport> result;
    private final Supplier<RebalanceProgress> progress;

    Rebalancing(PauseControl gate, CompletableFuture<RebalanceReport> result, Supplier<RebalanceProgress> progress) {
        this.gate = gate;
        this.result = result;
        this.progress = progress;
    }

    /** Stops after the chunks that are under way, until {@link #resume}. Everything stays served where it is. */
    public void pause() {
        gate.pause();
    }

    /** Goes on after a {@link #pause}. */
    public void resume() {
        gate.resume();
    }

    /** Ends after the chunks that are under way. What has moved stays where it is; another plan moves the rest. */
    public void cancel() {
        gate.cancel();
    }

    /** Whether it is paused. */
    public boolean isPaused() {
        return gate.isPaused();
    }

    /** Whether it has ended, by itself, by {@link #cancel} or by a failure. */
    public boolean isDone() {
        return result.isDone();
    }

    /** How far it is. */
    public RebalanceProgress progress() {
        return progress.get();
    }

    /**
     * Waits for the end.
     *
     * @return what was done; not complete if it was cancelled
     * @throws RingshardException what stopped it; what has moved by then stays where it is, and repeating is safe
     */
    public RebalanceReport await() {
        try {
            return result.join();
        } catch (CompletionException failed) {
            if (failed.getCause() instanceof RuntimeException unchecked) {
                throw unchecked;
            }
            throw failed;
        }
    }
}
