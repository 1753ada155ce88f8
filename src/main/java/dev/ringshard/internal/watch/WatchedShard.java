package dev.ringshard.internal.watch;

import dev.ringshard.config.BankConfig;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardedTable;
import dev.ringshard.event.Events;
import dev.ringshard.event.MovedChunk;
import dev.ringshard.event.Operation;
import dev.ringshard.failure.ShardUnavailableException;
import dev.ringshard.internal.ownership.HeldRanges;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.status.ClusterStatus.State;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One shard, and what is known of it. A question is out at most once: a shard that has frozen costs one thread, and the
 * look no more than its patience. For one thread at a time, besides the threads that ask.
 */
final class WatchedShard {
    /** Counting reads all customers: so many times as long as it took, it rests. */
    private static final int COUNT_REST = 10;

    private static final Duration SHORTEST_COUNT_REST = Duration.ofSeconds(2);

    /** A shard that has answered is not down because it takes its time once. */
    private static final Duration LATE = Duration.ofSeconds(3);

    private final Shard shard;
    private final Events events;
    private final ExecutorService executor;
    private final History history = new History();
    private @Nullable CompletableFuture<ShardAnswer> asked;
    private @Nullable CompletableFuture<Long> counting;
    private ShardAnswer last = ShardAnswer.NOTHING;
    private List<MovedChunk> news = List.of();
    private OptionalLong customers = OptionalLong.empty();
    private long countedAtMovement = -1;
    private long countingAtMovement = -1;
    private long askedAt;
    private long countAt;
    /** The table whose rows are counted: that of the keys themselves. */
    private volatile ShardedTable counted = BankConfig.ON.tables().get(0);

    private State state = State.DOWN;
    private Optional<String> problem = Optional.empty();
    private Instant since;

    WatchedShard(Shard shard, Events events, ExecutorService executor, Instant now) {
        this.shard = shard;
        this.events = events;
        this.executor = executor;
        this.since = now;
        this.countAt = System.nanoTime();
    }

    String name() {
        return shard.name();
    }

    /** Asks, unless an earlier question is still out. */
    void ask(RingshardConfig config) {
        counted = config.shardedTables().get(0);
        if (asked == null) {
            askedAt = System.nanoTime();
            asked = CompletableFuture.supplyAsync(
                    () -> events.timed(Operation.LOOK, shard::name, () -> ShardAnswer.of(shard, config, history)),
                    executor);
        }
    }

    /**
     * Takes the answer, if it comes in time.
     *
     * @param movements how many have been seen so far, so that a count can be told from one before or after
     */
    void take(long nanos, Instant now, long movements) throws InterruptedException {
        news = List.of();
        try {
            last = Objects.requireNonNull(asked).get(Math.max(0, nanos), TimeUnit.NANOSECONDS);
            asked = null;
            news = history.news(shard.name(), last.past());
            become(last.report().membership().isPresent() ? State.UP : State.NEW, Optional.empty(), now);
            count(movements);
        } catch (ExecutionException failed) {
            asked = null;
            become(State.DOWN, Optional.of(reason(failed.getCause())), now);
        } catch (TimeoutException late) {
            if (state != State.DOWN && System.nanoTime() - askedAt < LATE.toNanos()) {
                return;
            }
            become(
                    State.DOWN,
                    problem.or(() -> Optional.of("Shard %s does not answer in time.".formatted(shard.name()))),
                    now);
        }
    }

    private void become(State now, Optional<String> why, Instant at) {
        if (now != state) {
            since = at;
        }
        state = now;
        problem = why;
    }

    /** Of a shard that is left alone for a moment, the problem before that stays: the page does not change its words. */
    private String reason(@Nullable Throwable failure) {
        boolean leftAlone = failure instanceof ShardUnavailableException && failure.getCause() == null;
        String message = failure == null ? "no reason given" : String.valueOf(failure.getMessage());
        return leftAlone ? problem.orElse(message) : message;
    }

    /** Counts now and then, besides: of a large shard seldom, of a small one nearly at every look. */
    private void count(long movements) {
        if (counting != null && counting.isDone()) {
            takeCount(counting);
            counting = null;
        }
        if (counting == null && state == State.UP && System.nanoTime() - countAt >= 0) {
            long start = System.nanoTime();
            counting = CompletableFuture.supplyAsync(
                    () -> shard.snapshot(looking -> HeldRanges.countVisible(looking, counted)), executor);
            countAt = start;
            countingAtMovement = movements;
        }
    }

    private void takeCount(CompletableFuture<Long> counted) {
        long took = System.nanoTime() - countAt;
        countAt = System.nanoTime() + Math.max(SHORTEST_COUNT_REST.toNanos(), COUNT_REST * took);
        try {
            customers = OptionalLong.of(counted.join());
            countedAtMovement = countingAtMovement;
        } catch (CompletionException later) {
            // a shard that fails is told by the next look
        }
    }

    /** Whether its customers were counted after the last of so many movements; of a shard that is down, whether ever. */
    boolean isCountedSince(long movements) {
        return state == State.NEW || (customers.isPresent() && (state == State.DOWN || countedAtMovement == movements));
    }

    /** As of the last count. */
    long customers() {
        return state == State.NEW ? 0 : customers.orElse(0);
    }

    /** What it last said. */
    ShardAnswer last() {
        return last;
    }

    /** What it has handed over since the look before. */
    List<MovedChunk> news() {
        return news;
    }

    ShardSight sight(double share, double targetShare) {
        return new ShardSight(
                shard.name(),
                state,
                problem,
                since,
                share,
                targetShare,
                last.report().ranges(),
                state == State.NEW ? OptionalLong.empty() : customers,
                last.incoming().size(),
                last.departed().size(),
                last.committed().size(),
                last.report().schemaVersion());
    }
}
