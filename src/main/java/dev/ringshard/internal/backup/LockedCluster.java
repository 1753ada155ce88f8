package dev.ringshard.internal.backup;

import dev.ringshard.failure.ContentionException;
import dev.ringshard.failure.CorruptionException;
import dev.ringshard.failure.RingshardException;
import dev.ringshard.internal.cluster.ClusterReading;
import dev.ringshard.internal.ownership.HandoverTable;
import dev.ringshard.internal.ownership.LogPositionTable;
import dev.ringshard.internal.ownership.OwnedRangeTable;
import dev.ringshard.internal.ownership.ReferenceTableTable;
import dev.ringshard.internal.ownership.SetBack;
import dev.ringshard.internal.ownership.ShardReading;
import dev.ringshard.internal.shard.DeliveryLock;
import dev.ringshard.internal.shard.Parallel;
import dev.ringshard.internal.shard.Parallel.Outcome;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.ShardTransaction;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * All shards of a cluster, in one transaction each, in which what depends on two shards is kept from changing, until they are let
 * go. Writers of one shard pass. For one thread.
 */
final class LockedCluster implements AutoCloseable {
    /** How long to wait for a lock of a table; writers queue behind a session that waits. */
    private static final Duration LOCK_TIMEOUT = Duration.ofMillis(100);

    private final ExecutorService threads;
    private final Map<Shard, ShardTransaction> transactions;

    private LockedCluster(ExecutorService threads, Map<Shard, ShardTransaction> transactions) {
        this.threads = threads;
        this.transactions = transactions;
    }

    /**
     * Locks out movers, and sessions that note what one shard knows of another: how far its log is, and versions of reference tables.
     *
     * @throws ContentionException if a session holds such a lock for longer than 100 ms; nothing is held, try again
     */
    static LockedCluster hold(ExecutorService threads, Collection<Shard> shards) {
        LockedCluster held = new LockedCluster(threads, new LinkedHashMap<>());
        try {
            Map<Shard, Outcome<ShardTransaction>> begun = Parallel.forEach(threads, shards, LockedCluster::hold);
            begun.forEach((shard, outcome) -> {
                if (outcome.value() != null) {
                    held.transactions.put(shard, outcome.value());
                }
            });
            begun.values().forEach(Outcome::get);
            return held;
        } catch (RuntimeException failure) {
            held.close();
            throw failure;
        }
    }

    private static ShardTransaction hold(Shard shard) {
        ShardTransaction transaction = shard.beginMove(LOCK_TIMEOUT);
        try {
            return transaction.run(holding -> {
                OwnedRangeTable.hold(holding.dsl());
                LogPositionTable.holdNotes(holding.dsl());
                ReferenceTableTable.holdVersions(holding.dsl());
                return holding;
            });
        } catch (RuntimeException failure) {
            transaction.close();
            throw failure;
        }
    }

    /**
     * Requires that the shards together own the ring, and that nothing is on its way from one to another.
     *
     * @throws ContentionException if something is; it may have arrived at the next attempt
     * @throws RingshardException as {@link ClusterReading#requireWhole} does
     */
    void requireWhole(Function<Map<Shard, Outcome<ShardReading>>, ClusterReading> reading) {
        Map<Shard, Outcome<ShardReading>> said = Parallel.forEach(
                threads, transactions.keySet(), shard -> run(shard, held -> ShardReading.of(held, List.of())));
        reading.apply(said).requireWhole();
        Set<SetBack> contradictions = SetBack.among(said.entrySet().stream()
                .collect(Collectors.toMap(
                        one -> one.getKey().name(), one -> one.getValue().get().ranges())));
        if (!contradictions.isEmpty()) {
            throw new CorruptionException(String.join(" ", SetBack.sentences(contradictions)));
        }
        transactions.keySet().stream()
                .filter(shard ->
                        !run(shard, held -> HandoverTable.all(held.dsl())).isEmpty())
                .findFirst()
                .ifPresent(shard -> {
                    throw new ContentionException(
                            "Ranges that shard %s has handed over are not taken yet. Nothing was written. Run recover, and repeat the command under another name."
                                    .formatted(shard.name()));
                });
    }

    /**
     * Keeps messages between keys from being taken, from now on.
     *
     * @throws ContentionException if a session that takes one holds its lock for longer than 100 ms
     */
    void holdDeliveries() {
        forEach(held -> {
            DeliveryLock.holdAlone(held.dsl());
            return true;
        });
    }

    /** Does something on all shards at once, in the transactions that hold them. */
    <T> Map<Shard, Outcome<T>> attempt(ShardTransaction.Work<T> work) {
        return Parallel.forEach(threads, transactions.keySet(), shard -> run(shard, work));
    }

    private void forEach(ShardTransaction.Work<Boolean> work) {
        attempt(work).values().forEach(Outcome::get);
    }

    private <T> T run(Shard shard, ShardTransaction.Work<T> work) {
        return Objects.requireNonNull(transactions.get(shard)).run(work);
    }

    /**
     * Lets go, and says whether all shards were held until then.
     *
     * @return the outcome by shard; a shard whose commit failed may have been unlocked at any time before
     */
    Map<Shard, Outcome<Boolean>> release() {
        return Parallel.forEach(threads, transactions.keySet(), shard -> {
            Objects.requireNonNull(transactions.get(shard)).commit();
            return true;
        });
    }

    @Override
    public void close() {
        transactions.values().forEach(ShardTransaction::close);
    }
}
