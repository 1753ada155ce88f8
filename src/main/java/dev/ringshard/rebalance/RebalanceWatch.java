package dev.ringshard.rebalance;

import dev.ringshard.event.Events;
import dev.ringshard.event.WatchDecision;
import dev.ringshard.event.WatchDecision.Kind;
import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.failure.Remedy;
import dev.ringshard.failure.RingshardException;
import dev.ringshard.internal.shard.Shards;
import dev.ringshard.ring.RingStrategies;
import dev.ringshard.status.PinnedKey;
import java.time.Clock;
import java.time.ZonedDateTime;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at a cluster again and again, and rebalances it when shards hold too uneven parts of the rows, or own what they should not.
 * Once something is unsound it does nothing any more: then a person has to look. Thread-safe.
 *
 * <p>Each decision goes to the listeners of {@link Events}, to a few shards, where other processes read it ({@link
 * dev.ringshard.status.ClusterStatus#watches}), and to the log if it is another than the one before.
 */
public final class RebalanceWatch implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(RebalanceWatch.class);

    /** A rebalance that brings less was for nothing: what it was made for is not what is there. */
    private static final double LEAST_GAIN = 0.01;

    private final Rebalancer rebalancer;
    private final WatchSettings settings;
    private final Events events;
    private final Clock clock;
    private final WatchHeartbeat notes;
    private final CompletableFuture<Boolean> end = new CompletableFuture<>();
    private volatile boolean isClosed;
    private volatile @Nullable Rebalancing running;
    private @Nullable Kind before;
    private double expected = Double.MAX_VALUE;

    RebalanceWatch(Rebalancer rebalancer, WatchSettings settings, Shards shards, Clock clock) {
        this.rebalancer = rebalancer;
        this.settings = settings;
        this.events = shards.events();
        this.notes = new WatchHeartbeat(shards);
        this.clock = clock;
    }

    /** Looks from now on, in a thread of its own. */
    RebalanceWatch started() {
        Thread thread = new Thread(this::lookAgainAndAgain, "ringshard-rebalance-watch");
        thread.setDaemon(true);
        thread.start();
        return this;
    }

    private void lookAgainAndAgain() {
        try {
            while (!end.isDone()) {
                look();
                pause();
            }
            end.complete(true);
        } catch (RuntimeException | Error failure) {
            stop(1, failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            end.complete(true);
        }
    }

    private synchronized void pause() throws InterruptedException {
        long until = System.nanoTime() + settings.every().toNanos();
        long left = settings.every().toMillis();
        while (left > 0 && !end.isDone()) {
            wait(left);
            left = (until - System.nanoTime()) / 1_000_000;
        }
    }

    /** Decides once, and does it. */
    void look() {
        if (!isInHours()) {
            decide(
                    Kind.OUTSIDE_HOURS,
                    1,
                    "Rows move %s only."
                            .formatted(settings.hours().orElseThrow().words()));
            return;
        }
        double imbalance = 1;
        try {
            RebalancePlan plan = rebalancer.plan();
            imbalance = plan.balance().peakBefore();
            if (isDue(plan)) {
                requireGain(plan);
                rebalance(plan);
            } else {
                expected = Double.MAX_VALUE;
                decide(Kind.EVEN, imbalance, why(plan));
            }
        } catch (RingshardException failure) {
            hindered(failure, imbalance);
        }
    }

    private void hindered(RingshardException failure, double imbalance) {
        boolean passes = failure.remedy() == Remedy.RETRY_LATER || failure.remedy() == Remedy.REFRESH_AND_RETRY;
        if (passes) {
            decide(Kind.WAITS, imbalance, String.valueOf(failure.getMessage()));
        } else {
            stop(imbalance, failure);
        }
    }

    private void stop(double imbalance, Throwable failure) {
        if (isClosed) { // and so, perhaps, is the cluster meanwhile
            return;
        }
        decide(
                Kind.STOPPED,
                imbalance,
                failure instanceof RingshardException ? String.valueOf(failure.getMessage()) : failure.toString());
        notes.end();
        end.completeExceptionally(failure);
    }

    private boolean isInHours() {
        return settings.hours()
                .map(hours -> hours.contain(ZonedDateTime.ofInstant(clock.instant(), hours.zone())))
                .orElse(true);
    }

    /** What the configuration says apart from sizes is due at once, too. */
    private boolean isDue(RebalancePlan plan) {
        boolean goesByRows = RingStrategies.named(plan.strategy()).dependsOnRows();
        return !plan.isEmpty()
                && (!goesByRows
                        || plan.balance().peakBefore() >= settings.threshold()
                        || isRequestedByConfiguration(plan));
    }

    private static boolean isRequestedByConfiguration(RebalancePlan plan) {
        return plan.shares().stream()
                        .anyMatch(share -> share.joins()
                                || (share.weight() > 0 && share.before() == 0)
                                || (share.weight() == 0 && share.before() > share.after()))
                || !plan.pins().stream().allMatch(PinnedKey::isOnItsShard);
    }

    private String why(RebalancePlan plan) {
        String holds = "The fullest shard holds %s of its fair share"
                .formatted(ratio(plan.balance().peakBefore()));
        return plan.balance().peakBefore() < settings.threshold()
                ? holds + ", and rows move from %s on.".formatted(ratio(settings.threshold()))
                : holds + ", and nothing that can move makes that less.";
    }

    private void requireGain(RebalancePlan plan) {
        if (plan.balance().peakBefore() > expected - LEAST_GAIN && !isRequestedByConfiguration(plan)) {
            throw new InvalidInputException("""
                    Rows have moved, and the fullest shard holds %s of its fair share, as before. Nothing more is moved, and all keys \
                    are served where they are. See what plan says, and start the watch again.""".formatted(ratio(plan.balance().peakBefore())));
        }
    }

    private void rebalance(RebalancePlan plan) {
        double imbalance = plan.balance().peakBefore();
        decide(
                Kind.REBALANCES,
                imbalance,
                "The fullest shard holds %s of its fair share, and will %s: about %d rows move."
                        .formatted(ratio(imbalance), ratio(plan.balance().peakAfter()), plan.rows()));
        Rebalancing moves = rebalancer.start(plan, settings.settings(), progress -> endInTime());
        running = moves;
        endInTime();
        RebalanceReport report = moves.await();
        running = null;
        expected = report.complete() ? imbalance : Double.MAX_VALUE;
        decide(
                Kind.MOVED,
                report.complete() ? plan.balance().peakAfter() : imbalance,
                report.complete()
                        ? "%d rows moved.".formatted(report.movedRows())
                        : "%d rows moved before the end; the rest stays where it is.".formatted(report.movedRows()));
    }

    /** After the chunks under way. */
    private void endInTime() {
        Rebalancing moves = running;
        if (moves != null && (isClosed || !isInHours())) {
            moves.cancel();
        }
    }

    private void decide(Kind kind, double imbalance, String reason) {
        WatchDecision decision = new WatchDecision(kind, imbalance, reason);
        if (kind != before) {
            switch (kind) {
                case EVEN, OUTSIDE_HOURS, REBALANCES, MOVED -> log.info("The watch: {}. {}", word(kind), reason);
                case WAITS -> log.warn("The watch: {}. {}", word(kind), reason);
                case STOPPED -> log.error("The watch: {}. {}", word(kind), reason);
            }
        }
        before = kind;
        notes.tell(decision);
        events.decided(decision);
    }

    private static String word(Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static String ratio(double ratio) {
        return String.format(Locale.ROOT, "%.2f", ratio);
    }

    /** Whether it looks no more: it was closed, or a person has to look. */
    public boolean isDone() {
        return end.isDone();
    }

    /**
     * Waits until it looks no more.
     *
     * @throws RingshardException why a person has to look; all keys are served where they are
     */
    public void await() {
        try {
            end.join();
        } catch (CompletionException stopped) {
            if (stopped.getCause() instanceof RuntimeException unchecked) {
                throw unchecked;
            }
            throw stopped;
        }
    }

    /** Looks no more; a rebalance under way ends after its chunk. */
    @Override
    public void close() {
        isClosed = true;
        endInTime();
        notes.end();
        end.complete(true);
        synchronized (this) {
            notifyAll();
        }
    }
}
