package dev.ringshard.event;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls each registered listener, in the order of registration. Without listeners an event costs the read of an empty array.
 * Thread-safe.
 */
public final class Events implements RingshardListener {
    private static final Logger log = LoggerFactory.getLogger(Events.class);

    private final List<RingshardListener> listeners = new CopyOnWriteArrayList<>();
    private final AtomicLong backlog = new AtomicLong();

    /** Ends the listening; calling it again does nothing. */
    public interface Listening extends AutoCloseable {
        @Override
        void close();
    }

    /** Tells a listener everything from now on, until the listening is closed. */
    public Listening listen(RingshardListener listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    /** Whether anybody listens: nothing has to be measured if not. */
    public boolean isHeard() {
        return !listeners.isEmpty();
    }

    /**
     * Runs a call, and tells listeners how it ended and how long it took; without listeners it takes no time.
     *
     * @param shard asked once the call has ended: that concerned, or what stands for it
     */
    public <T extends @Nullable Object> T timed(Operation operation, Supplier<String> shard, Supplier<T> call) {
        if (!isHeard()) {
            return call.get();
        }
        long start = System.nanoTime();
        Outcome outcome = Outcome.CALLER_FAILED;
        try {
            T result = call.get();
            outcome = Outcome.SUCCESS;
            return result;
        } catch (RuntimeException failure) {
            outcome = Outcome.of(failure);
            throw failure;
        } finally {
            ended(operation, shard.get(), outcome, System.nanoTime() - start);
        }
    }

    /** Logs the failure of a listener, and keeps it from the caller, whose work is done. */
    private void tell(Consumer<RingshardListener> what) {
        for (RingshardListener listener : listeners) {
            try {
                what.accept(listener);
            } catch (RuntimeException | Error failure) {
                log.warn(
                        "A listener failed, {}; what it was told of is done",
                        listener.getClass().getName(),
                        failure);
            }
        }
    }

    @Override
    public void ended(Operation operation, String shard, Outcome outcome, long nanos) {
        tell(listener -> listener.ended(operation, shard, outcome, nanos));
    }

    @Override
    public void repeats(Repetition reason, String shard) {
        tell(listener -> listener.repeats(reason, shard));
    }

    @Override
    public void handedOver(MovedChunk chunk) {
        tell(listener -> listener.handedOver(chunk));
    }

    /** Changes how many rows are still to be moved, of all rebalances together, and tells how many that are now. */
    public void addToBacklog(long rows) {
        backlog(backlog.addAndGet(rows));
    }

    @Override
    public void backlog(long rows) {
        tell(listener -> listener.backlog(rows));
    }

    @Override
    public void decided(WatchDecision decision) {
        tell(listener -> listener.decided(decision));
    }

    @Override
    public void delivered(String topic, boolean isAccepted) {
        tell(listener -> listener.delivered(topic, isAccepted));
    }

    @Override
    public void pending(String shard, List<PendingMessages> topics) {
        tell(listener -> listener.pending(shard, topics));
    }

    @Override
    public void joined(String shard) {
        tell(listener -> listener.joined(shard));
    }

    @Override
    public void left(String shard) {
        tell(listener -> listener.left(shard));
    }
}
