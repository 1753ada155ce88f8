package dev.ringshard.config;

import dev.ringshard.internal.config.Durations;
import java.time.Duration;

/**
 * The connection pool of one shard and how long it waits for what. Immutable.
 *
 * @param size connections at most, from 2 to 1000; default 10
 * @param connectionTimeout how long to wait for a free connection, or for a new one, from 250 ms to 10 minutes;
 *     default 5 s
 * @param lockTimeout how long a statement waits for a lock in the database, from 1 ms to 1 hour; default 5 s
 * @param socketTimeout how long to wait for a database's answer before the connection counts as lost, in whole seconds
 *     from 1 s to 24 hours, and longer than {@code lockTimeout}; default 60 s
 * @param leakDetection how long a connection may be on loan before a warning tells the place in the code that took it, from 2 s to
 *     24 hours, or {@link Duration#ZERO} for never; default never
 */
public record PoolConfig(
        int size, Duration connectionTimeout, Duration lockTimeout, Duration socketTimeout, Duration leakDetection) {
    /** 10 connections; 5 s for a connection, 5 s for a lock, 60 s for an answer. */
    public static final PoolConfig DEFAULT =
            new PoolConfig(10, Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofSeconds(60));

    /**
     * Checks the bounds.
     *
     * @throws dev.ringshard.failure.ConfigurationException if values are out of them, naming each
     */
    public PoolConfig {
        ProblemList problems = new ProblemList();
        check(problems, size, connectionTimeout, lockTimeout, socketTimeout, leakDetection);
        problems.throwIfAny("pool");
    }

    /** Without a search for leaks. */
    public PoolConfig(int size, Duration connectionTimeout, Duration lockTimeout, Duration socketTimeout) {
        this(size, connectionTimeout, lockTimeout, socketTimeout, Duration.ZERO);
    }

    static void check(
            Problems problems,
            int size,
            Duration connectionTimeout,
            Duration lockTimeout,
            Duration socketTimeout,
            Duration leakDetection) {
        problems.requireBetween("size", size, 2, 1000);
        problems.requireBetween(
                "connection-timeout", connectionTimeout, Duration.ofMillis(250), Duration.ofMinutes(10));
        problems.requireBetween("lock-timeout", lockTimeout, Duration.ofMillis(1), Duration.ofHours(1));
        problems.requireBetween("socket-timeout", socketTimeout, Duration.ofSeconds(1), Duration.ofHours(24));
        if (!leakDetection.isZero()) {
            problems.requireBetween("leak-detection", leakDetection, Duration.ofSeconds(2), Duration.ofHours(24));
        }
        if (socketTimeout.toNanosPart() != 0) {
            problems.add(
                    "socket-timeout", "is %s: whole seconds are allowed.".formatted(Durations.text(socketTimeout)));
        }
        if (socketTimeout.compareTo(lockTimeout) <= 0) {
            problems.add(
                    "socket-timeout",
                    "is %s, no longer than lock-timeout (%s): a wait for a lock would look like a lost connection."
                            .formatted(Durations.text(socketTimeout), Durations.text(lockTimeout)));
        }
    }

    /** The same with another number of connections. */
    public PoolConfig withSize(int connections) {
        return new PoolConfig(connections, connectionTimeout, lockTimeout, socketTimeout, leakDetection);
    }

    /** The same with another wait for a connection. */
    public PoolConfig withConnectionTimeout(Duration timeout) {
        return new PoolConfig(size, timeout, lockTimeout, socketTimeout, leakDetection);
    }

    /** The same with another wait for a lock. */
    public PoolConfig withLockTimeout(Duration timeout) {
        return new PoolConfig(size, connectionTimeout, timeout, socketTimeout, leakDetection);
    }

    /** The same with another wait for an answer. */
    public PoolConfig withSocketTimeout(Duration timeout) {
        return new PoolConfig(size, connectionTimeout, lockTimeout, timeout, leakDetection);
    }

    /** The same with another time after which a connection on loan is told of, or none. */
    public PoolConfig withLeakDetection(Duration time) {
        return new PoolConfig(size, connectionTimeout, lockTimeout, socketTimeout, time);
    }
}
