package dev.ringshard.internal.serve;

import dev.ringshard.internal.watch.ClusterWatch;
import dev.ringshard.internal.watch.ObservedCluster;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that looks at the shards, about once a second, however many ask: they all get what was seen last.
 * Thread-safe.
 */
final class Poller implements AutoCloseable {
    /** What is older than this is not an answer any more. */
    static final Duration STALE = Duration.ofSeconds(10);

    private static final Logger log = LoggerFactory.getLogger(Poller.class);
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    private final FollowedConfig config;
    private final ClusterWatch watch;
    private final UnaryOperator<String> commands;
    private final AtomicReference<Seen> latest;
    private final Thread thread;

    /**
     * What was seen, and the page's picture of it.
     *
     * @param nanoTime when
     */
    record Seen(ObservedCluster cluster, String status, long nanoTime) {
        boolean isStale() {
            return System.nanoTime() - nanoTime > STALE.toNanos();
        }
    }

    private Poller(FollowedConfig config, ClusterWatch watch, UnaryOperator<String> commands)
            throws InterruptedException {
        this.config = config;
        this.watch = watch;
        this.commands = commands;
        this.latest = new AtomicReference<>(look());
        this.thread = new Thread(this::run, "ringshard-poller");
        thread.setDaemon(true);
    }

    /** Looks once, and then again and again. */
    static Poller start(FollowedConfig config, ClusterWatch watch, UnaryOperator<String> commands)
            throws InterruptedException {
        Poller poller = new Poller(config, watch, commands);
        poller.thread.start();
        return poller;
    }

    Seen latest() {
        return Objects.requireNonNull(latest.get());
    }

    private void run() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                TimeUnit.NANOSECONDS.sleep(INTERVAL.toNanos());
                lookAgain();
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private void lookAgain() throws InterruptedException {
        try {
            config.changed().ifPresent(watch::follow);
            latest.set(look());
        } catch (
                RuntimeException
                        failure) { // whatever it is, the next look may succeed; those who ask see how old it is
            log.warn("The cluster could not be looked at", failure);
        }
    }

    private Seen look() throws InterruptedException {
        ObservedCluster cluster = watch.look();
        String status = StatusJson.of(cluster, OperatorNotice.of(cluster, commands, config.problem()))
                .text();
        return new Seen(cluster, status, System.nanoTime());
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join(STALE.toMillis());
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
        }
    }
}
