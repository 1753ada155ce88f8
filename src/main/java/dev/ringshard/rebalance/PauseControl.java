package dev.ringshard.rebalance;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/** Where the moves of a rebalance ask, between two chunks, whether to go on. Thread-safe. */
final class PauseControl {
    private final Lock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean paused;
    private boolean cancelled;

    void pause() {
        set(true, cancelled);
    }

    void resume() {
        set(false, cancelled);
    }

    void cancel() {
        set(paused, true);
    }

    private void set(boolean pause, boolean cancel) {
        lock.lock();
        try {
            paused = pause;
            cancelled = cancel;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    boolean isPaused() {
        lock.lock();
        try {
            return paused && !cancelled;
        } finally {
            lock.unlock();
        }
    }

    boolean isCancelled() {
        lock.lock();
        try {
            return cancelled;
        } finally {
            lock.unlock();
        }
    }

    /** Waits while paused; returns whether to go on. */
    boolean pass() throws InterruptedException {
        lock.lock();
        try {
            while (paused && !cancelled) {
                changed.await();
            }
            return !cancelled;
        } finally {
            lock.unlock();
        }
    }

    /** Waits that long, or until cancelled. */
    void sleep(Duration duration) throws InterruptedException {
        lock.lock();
        try {
            long left = duration.toNanos();
            while (left > 0 && !cancelled) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }
}
