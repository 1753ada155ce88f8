package dev.ringshard.internal.watch;

import dev.ringshard.event.MovedChunk;
import dev.ringshard.internal.status.PauseRecorder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes a story of what is seen look by look: when rows began to move, how far they are, how fast. It sees only what the
 * shards remember, so it knows of a rebalance in any process. For one thread.
 */
final class RebalanceTracker {
    /** After so long without a movement, none is under way: a mover waits a second at most before it tries again. */
    static final Duration QUIET = Duration.ofSeconds(5);

    private static final int SAMPLES = 180;

    /** What the speed is taken from. */
    private static final Duration RECENT = Duration.ofSeconds(30);

    private final Deque<RateSample> samples = new ArrayDeque<>();
    private final Deque<Mark> marks = new ArrayDeque<>();
    private Set<RangeInTransit> transitBefore = new HashSet<>();
    private @Nullable Instant lookedAt;
    private @Nullable Instant began;
    private Instant movedAt = Instant.MIN;
    private PauseRecorder pauses = new PauseRecorder();
    private long rows;
    private double toMove = Double.NaN;
    private double pendingBefore = Double.NaN;
    private boolean active;

    /** How much was still to move at one moment. */
    private record Mark(Instant at, double pending, long rows) {}

    /**
     * Takes one look into account.
     *
     * @param pending the part of the ring that has still to move; not a number if that cannot be told
     */
    void saw(Instant at, List<MovedChunk> handovers, Set<RangeInTransit> transit, double pending) {
        boolean moves = isMovement(handovers, transit);
        if (moves) {
            if (!active) {
                begin(at);
            }
            movedAt = at;
        }
        handovers.forEach(this::count);
        active = active && movedAt.plus(QUIET).isAfter(at) && (pending != 0 || !transit.isEmpty() || moves);
        toMove = Double.isNaN(toMove) ? pending : Math.max(toMove, pending);
        marks.add(new Mark(at, pending, rows));
        while (marks.size() > 2 && marks.getFirst().at.plus(RECENT).isBefore(at)) {
            marks.removeFirst();
        }
        sample(at, handovers);
        transitBefore = transit;
        pendingBefore = pending;
    }

    /** Whether what is seen now, and was not before, is the work of a mover. */
    boolean isMovement(List<MovedChunk> handovers, Set<RangeInTransit> transit) {
        return !handovers.isEmpty() || !transitBefore.containsAll(transit);
    }

    private void begin(Instant at) {
        active = true;
        began = lookedAt == null ? at : lookedAt;
        rows = 0;
        toMove = pendingBefore;
        pauses = new PauseRecorder();
        marks.clear();
        marks.add(new Mark(began, pendingBefore, 0));
    }

    private void count(MovedChunk handover) {
        rows += handover.rows();
        handover.writePause().ifPresent(pauses::record);
    }

    private void sample(Instant at, List<MovedChunk> handovers) {
        if (lookedAt != null) {
            double seconds = Math.max(0.001, Duration.between(lookedAt, at).toNanos() / 1e9);
            long moved = handovers.stream().mapToLong(MovedChunk::rows).sum();
            samples.add(new RateSample(
                    moved / seconds,
                    handovers.stream()
                            .flatMap(handover -> handover.writePause().stream())
                            .max(Duration::compareTo)));
            if (samples.size() > SAMPLES) {
                samples.removeFirst();
            }
        }
        lookedAt = at;
    }

    List<RateSample> samples() {
        return List.copyOf(samples);
    }

    boolean isActive() {
        return active;
    }

    Optional<ObservedRebalance> run() {
        if (began == null) {
            return Optional.empty();
        }
        Instant until = active ? marks.getLast().at : movedAt;
        return Optional.of(new ObservedRebalance(
                active,
                began,
                Duration.between(began, until),
                rows,
                rate(Mark::rows),
                doneShare(),
                active ? timeLeft() : Optional.empty(),
                pauses.pauses()));
    }

    private interface Amount {
        double of(Mark mark);
    }

    /** In a second, of late. */
    private double rate(Amount amount) {
        Mark first = marks.getFirst();
        Mark last = marks.getLast();
        double seconds = Duration.between(first.at, last.at).toNanos() / 1e9;
        return seconds <= 0 || !active ? 0 : (amount.of(last) - amount.of(first)) / seconds;
    }

    private Optional<Double> doneShare() {
        double pending = marks.getLast().pending;
        return Double.isNaN(pending) || Double.isNaN(toMove) || toMove <= 0
                ? Optional.empty()
                : Optional.of(Math.min(1, Math.max(0, 1 - pending / toMove)));
    }

    private Optional<Duration> timeLeft() {
        double perSecond = -rate(Mark::pending);
        double left = marks.getLast().pending;
        return perSecond > 0 && left > 0
                ? Optional.of(Duration.ofMillis(Math.round(1000 * left / perSecond)))
                : Optional.empty();
    }
}
