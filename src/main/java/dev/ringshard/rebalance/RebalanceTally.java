package dev.ringshard.rebalance;

import dev.ringshard.event.Events;
import dev.ringshard.event.MovedChunk;
import dev.ringshard.internal.handover.Chunk;
import dev.ringshard.internal.handover.Handover;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.status.PauseRecorder;
import dev.ringshard.ring.TokenRange;
import dev.ringshard.status.WritePauses;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Counts what the moves of one rebalance do, and tells it. Thread-safe; tells one thing after the other. */
final class RebalanceTally {
    private final RebalancePlan plan;
    private final Consumer<RebalanceProgress> listener;
    private final LongSupplier nanoTime;
    private final Events events;
    private final long start;
    private final PauseRecorder pauses = new PauseRecorder();
    private final Map<String, Double> shares = new LinkedHashMap<>();
    private final List<DelayedRows> delayed = new ArrayList<>();
    private long rows;
    private double share;
    private long backlog;
    private @Nullable String waitsFor;

    RebalanceTally(RebalancePlan plan, Consumer<RebalanceProgress> listener, LongSupplier nanoTime, Events events) {
        this.plan = plan;
        this.listener = listener;
        this.nanoTime = nanoTime;
        this.events = events;
        this.start = nanoTime.getAsLong();
        plan.shares().forEach(before -> shares.put(before.shard(), before.before()));
    }

    synchronized void moved(Chunk chunk, Handover.Moved moved) {
        rows += moved.rows();
        waitsFor = null;
        moved.writePause().ifPresent(pauses::record);
        events.handedOver(
                new MovedChunk(chunk.source().name(), chunk.target().name(), moved.rows(), moved.writePause()));
        gone(
                chunk.source(),
                chunk.target(),
                chunk.ranges().stream().mapToDouble(TokenRange::fraction).sum());
    }

    /** Rows that had come last, as others held them, have moved. */
    synchronized void delayed(DelayedRows rows) {
        delayed.add(rows);
    }

    /** All that came last, the latest first. */
    synchronized List<DelayedRows> delayed() {
        return delayed.stream()
                .sorted(Comparator.comparing(DelayedRows::late).reversed())
                .toList();
    }

    /** A part of the ring has left the source, moved by this or by another process. */
    synchronized void gone(Shard source, Shard target, double fraction) {
        share += fraction;
        shares.merge(source.name(), -fraction, Double::sum);
        shares.merge(target.name(), fraction, Double::sum);
        setBacklog(Math.round(plan.rows() * (1 - doneShare())));
        tell();
    }

    /** What is left of the plan, in rows as they were counted for it, by the part of the ring that has not moved. */
    private void setBacklog(long left) {
        events.addToBacklog(left - backlog);
        backlog = left;
    }

    /** Nothing more will be moved, for whatever reason. */
    synchronized void ends() {
        setBacklog(0);
        waitsFor = null;
    }

    /** Nothing moves for that reason, until something does. */
    synchronized void waits(String reason) {
        waitsFor = reason;
        tell();
    }

    synchronized void begins() {
        setBacklog(plan.rows());
        waitsFor = null;
        tell();
    }

    private void tell() {
        listener.accept(progress());
    }

    synchronized RebalanceProgress progress() {
        return new RebalanceProgress(
                rows, plan.rows(), doneShare(), elapsed(), Optional.ofNullable(waitsFor), shares, pauses());
    }

    private double doneShare() {
        double planned = plan.movedShare();
        return planned == 0 ? 1 : Math.min(1, share / planned);
    }

    synchronized Duration elapsed() {
        return Duration.ofNanos(nanoTime.getAsLong() - start);
    }

    synchronized long rows() {
        return rows;
    }

    synchronized WritePauses pauses() {
        return pauses.pauses();
    }
}
