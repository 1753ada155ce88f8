package dev.ringshard.internal.watch;

import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardedTable;
import dev.ringshard.event.Events;
import dev.ringshard.event.MovedChunk;
import dev.ringshard.event.Operation;
import dev.ringshard.event.PendingMessages;
import dev.ringshard.failure.ShardUnavailableException;
import dev.ringshard.internal.cluster.StatusAssembly;
import dev.ringshard.internal.ownership.HandoverHistoryTable.PastHandover;
import dev.ringshard.internal.ownership.HeldRanges;
import dev.ringshard.internal.ownership.OutboxReading;
import dev.ringshard.internal.ownership.ShardReading;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.status.ClusterStatus.ShardStatus;
import dev.ringshard.status.ClusterStatus.State;
import dev.ringshard.status.TableRows;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
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
    /** So many times as long as a look took that counted rows, no other counts. */
    private static final int COUNT_REST = 10;

    private static final Duration SHORTEST_COUNT_REST = Duration.ofSeconds(2);

    /** A shard that has answered is not down because it takes its time once. */
    private static final Duration LATE = Duration.ofSeconds(3);

    private final Shard shard;
    private final Events events;
    private final OutboxReading outbox;
    private final ExecutorService executor;
    private final History history = new History();
    private @Nullable Question asked;
    private @Nullable ShardReading last;
    private boolean answered;
    private List<MovedChunk> news = List.of();
    private Optional<List<PendingMessages>> pending = Optional.empty();
    private @Nullable Count count;
    private long countAt;
    private State state = State.DOWN;
    private Optional<String> problem = Optional.empty();
    private Instant since;

    WatchedShard(Shard shard, Events events, OutboxReading outbox, ExecutorService executor, Instant now) {
        this.shard = shard;
        this.events = events;
        this.outbox = outbox;
        this.executor = executor;
        this.since = now;
        this.countAt = System.nanoTime();
    }

    /**
     * A question that is out.
     *
     * @param nanoTime when it was asked
     * @param movements how many had been seen by then
     */
    private record Question(CompletableFuture<Observation> answer, long nanoTime, long movements, boolean counts) {}

    /**
     * @param pending empty if the cluster has no outbox, or the shard takes no part yet
     * @param nanos how long it took
     */
    private record Observation(
            ShardReading reading, List<PastHandover> past, Optional<List<PendingMessages>> pending, long nanos) {}

    /** The rows of all tables, after so many movements. */
    private record Count(List<TableRows> rows, long movements) {}

    String name() {
        return shard.name();
    }

    /** Whether it has just answered, as one that takes part. */
    boolean isUp() {
        return state == State.UP;
    }

    /**
     * Asks, unless an earlier question is still out.
     *
     * @param movements how many have been seen so far, so that a count can be told from one before or after
     */
    void ask(RingshardConfig config, long movements) {
        if (asked == null) {
            long now = System.nanoTime();
            boolean counts = now - countAt >= 0;
            List<ShardedTable> counted = counts ? config.countedTables() : List.of();
            asked = new Question(
                    CompletableFuture.supplyAsync(
                            () -> events.timed(Operation.LOOK, shard::name, () -> look(config, counted)), executor),
                    now,
                    movements,
                    counts);
        }
    }

    /** Fails if it is not the shard that the configuration means. */
    private Observation look(RingshardConfig config, List<ShardedTable> counted) {
        return shard.snapshotOfAnyServer(looking -> {
            long start = System.nanoTime();
            ShardReading reading = ShardReading.of(looking, counted);
            reading.requirePart(config.cluster(), config.ring().hash(), shard.name());
            List<PastHandover> past = reading.isNew() ? List.of() : history.read(looking.dsl());
            Optional<List<PendingMessages>> onTheWay = reading.isNew() || !config.hasOutbox()
                    ? Optional.empty()
                    : Optional.of(outbox.of(looking.dsl(), HeldRanges.in(looking)::visible));
            return new Observation(reading, past, onTheWay, System.nanoTime() - start);
        });
    }

    /** Takes the answer, if it comes in time. */
    void take(long nanos, Instant now) throws InterruptedException {
        news = List.of();
        pending = Optional.empty();
        answered = false;
        Question question = Objects.requireNonNull(asked);
        try {
            Observation observed = question.answer.get(Math.max(0, nanos), TimeUnit.NANOSECONDS);
            asked = null;
            last = observed.reading;
            answered = true;
            news = history.news(shard.name(), observed.past);
            pending = observed.pending;
            become(StatusAssembly.state(observed.reading), Optional.empty(), now);
            if (question.counts && !observed.reading.isNew()) {
                count = new Count(observed.reading.rows(), question.movements);
                countAt = System.nanoTime() + Math.max(SHORTEST_COUNT_REST.toNanos(), COUNT_REST * observed.nanos);
            }
        } catch (ExecutionException failed) {
            asked = null;
            become(State.DOWN, Optional.of(reason(failed.getCause())), now);
        } catch (TimeoutException late) {
            if (state != State.DOWN && System.nanoTime() - question.nanoTime < LATE.toNanos()) {
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

    /** Whether its rows were counted after the last of so many movements; of a shard that is down, whether ever. */
    boolean isCountedSince(long movements) {
        return state == State.NEW || (count != null && (state == State.DOWN || count.movements == movements));
    }

    /** As of the last count. */
    List<TableRows> rows() {
        return state == State.NEW || count == null ? List.of() : count.rows;
    }

    /** What it said at this look; empty if it takes its time, or takes no part. */
    Optional<ShardReading> justSaid() {
        return answered && state == State.UP ? last() : Optional.empty();
    }

    /** What it last said; empty if it never did. */
    Optional<ShardReading> last() {
        return Optional.ofNullable(last);
    }

    /** What it has handed over since the look before. */
    List<MovedChunk> news() {
        return news;
    }

    /** What is on its way from its keys; empty if it did not say so at this look. */
    Optional<List<PendingMessages>> pending() {
        return pending;
    }

    /** When it began to be in its state, as far as was watched. */
    Instant since() {
        return since;
    }

    ShardStatus status(StatusAssembly statuses) {
        return statuses.of(shard, state, problem, last(), rows());
    }
}
