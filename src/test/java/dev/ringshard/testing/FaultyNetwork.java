package dev.ringshard.testing;

import dev.ringshard.testing.FaultProxy.Way;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** What a {@link FaultProxy} does to the traffic of all its connections. Thread-safe: all waits are on this object. */
final class FaultyNetwork {
    private final Set<Way> frozen = EnumSet.noneOf(Way.class);
    private Duration delay = Duration.ZERO;
    private int toSwallow;
    private int swallowed;

    /** Returns once a piece of traffic may pass that way; at once for a connection that is closed. */
    synchronized void await(Way way, ProxiedConnection connection) throws InterruptedException {
        long began = System.nanoTime();
        while (!connection.isClosed() && (frozen.contains(way) || left(began) > 0)) {
            TimeUnit.NANOSECONDS.timedWait(this, frozen.contains(way) ? Long.MAX_VALUE : left(began));
        }
    }

    private long left(long began) {
        return delay.toNanos() - (System.nanoTime() - began);
    }

    synchronized void freeze(Way way) {
        frozen.add(way);
    }

    synchronized void delay(Duration each) {
        delay = each;
    }

    synchronized void swallow(int answers) {
        toSwallow = answers;
    }

    synchronized boolean swallows() {
        return toSwallow > 0;
    }

    /** Whether this answer of a commit is one to swallow; counts it. */
    synchronized boolean swallowsThis() {
        if (toSwallow == 0) {
            return false;
        }
        toSwallow--;
        swallowed++;
        return true;
    }

    synchronized int swallowed() {
        return swallowed;
    }

    synchronized void heal() {
        frozen.clear();
        delay = Duration.ZERO;
        toSwallow = 0;
        notifyAll();
    }

    /** Tells those that wait to look at their connection again. */
    synchronized void connectionClosed() {
        notifyAll();
    }
}
