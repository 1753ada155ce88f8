package dev.ringshard.internal.handover;

import dev.ringshard.failure.ContentionException;
import dev.ringshard.failure.ShardUnavailableException;
import dev.ringshard.internal.ownership.DepartedRange;
import dev.ringshard.internal.ownership.LogMarkTable;
import dev.ringshard.internal.ownership.LogPositionTable;
import dev.ringshard.internal.ownership.ServerLogs;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.ShardTransaction;
import dev.ringshard.internal.shard.Shards;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the shards note of each other's logs: how long they are, and numbers that were written there, so that others notice when one
 * is set back in time. Thread-safe.
 */
public final class LogMarks {
    private static final Logger log = LoggerFactory.getLogger(LogMarks.class);

    /** How far apart marks are while rows move. */
    private static final Duration BETWEEN_MARKS = Duration.ofSeconds(10);

    private final Shards shards;
    private final AtomicLong markedAt = new AtomicLong(System.nanoTime() - BETWEEN_MARKS.toNanos());

    /** What some shards note of each other. */
    public LogMarks(Shards shards) {
        this.shards = shards;
    }

    /** Has all shards that answer note of each other how far they are, with a new mark each: one that is set back alone is noticed. */
    public void note() {
        markAll(shards.all().stream().filter(LogMarks::answersAsMember).toList());
    }

    /** Writes a new mark on each shard, of all that answer, has all note it, and forgets what no shard needs. */
    boolean markAll(Collection<Shard> all) {
        mark(all);
        noteLogs(all);
        all.forEach(shard -> store(shard, forgetting -> LogMarkTable.deleteOld(forgetting.dsl())));
        return true;
    }

    /** INVARIANT: a mark is durable where it was written before another shard has it on record. */
    private void mark(Collection<Shard> marked) {
        marked.forEach(shard -> store(shard, marking -> LogMarkTable.add(marking.dsl())));
        markedAt.set(System.nanoTime());
    }

    /**
     * Notes on each of these shards how far the logs of the others' servers are, and their newest marks, so that one of them notices if
     * they are shorter one day. In the order of the names, so that two who note do not wait for each
     * other; where another process holds a record all the same, it has noted it.
     */
    private static boolean noteLogs(Collection<Shard> shards) {
        Map<String, ServerLogs> logs = new TreeMap<>();
        shards.forEach(shard -> logs.put(shard.name(), logsOf(shard)));
        for (Shard shard : shards) {
            try (ShardTransaction noting = shard.beginTidying(Finisher.LOCK_TIMEOUT)) {
                noting.run(inside -> {
                    logs.forEach((other, known) -> {
                        if (!other.equals(shard.name())) {
                            LogPositionTable.note(inside.dsl(), other, known);
                        }
                    });
                    return true;
                });
                noting.commit();
            } catch (ContentionException busy) {
                log.debug("What {} has on record of other logs is noted another time", shard, busy);
            }
        }
        return true;
    }

    /**
     * Before the last rows of a handover go: from then on, source and target know of each other that its log goes at least as far
     * as to the handover.
     */
    boolean noteBeforePurge(Shard source, List<DepartedRange> departed) {
        Set<Shard> involved = departed.stream()
                .flatMap(one -> shards.find(one.target()).stream())
                .collect(Collectors.toCollection(LinkedHashSet::new));
        if (involved.isEmpty()) {
            return false;
        }
        involved.add(source);
        if (System.nanoTime() - markedAt.get() >= BETWEEN_MARKS.toNanos()) {
            shards.all().stream().filter(LogMarks::answersAsMember).forEach(involved::add);
            mark(involved);
        }
        return noteLogs(involved);
    }

    /** What a shard says of its own log, and of others. */
    static ServerLogs logsOf(Shard shard) {
        return Objects.requireNonNull(shard.snapshot(looking -> ServerLogs.of(looking.dsl())));
    }

    /** Changes what is on record on a shard, as a mover. */
    static void store(Shard shard, Consumer<ShardTransaction> change) {
        try (ShardTransaction storing = shard.beginMove(Finisher.LOCK_TIMEOUT)) {
            storing.run(inside -> {
                change.accept(inside);
                return true;
            });
            storing.commit();
        }
    }

    private static boolean answersAsMember(Shard shard) {
        try {
            return RecoveryRound.isMember(shard);
        } catch (ShardUnavailableException down) {
            return false;
        }
    }
}
