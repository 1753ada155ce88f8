package dev.ringshard.routing;

import dev.ringshard.event.Events;
import dev.ringshard.event.Operation;
import dev.ringshard.event.Repetition;
import dev.ringshard.event.RingshardListener;
import dev.ringshard.failure.ContentionException;
import dev.ringshard.failure.ForeignShardException;
import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.failure.KeysOnDifferentShardsException;
import dev.ringshard.failure.NoOwnerException;
import dev.ringshard.failure.NoOwnerException.Refusal;
import dev.ringshard.failure.OutcomeUnknownException;
import dev.ringshard.failure.RingshardException;
import dev.ringshard.failure.ShardUnavailableException;
import dev.ringshard.ownership.Fence;
import dev.ringshard.ownership.FencedStatement;
import dev.ringshard.ownership.PointRead;
import dev.ringshard.ownership.RowReader;
import dev.ringshard.ring.KeyHash;
import dev.ringshard.ring.TokenRange;
import dev.ringshard.shard.Isolation;
import dev.ringshard.shard.Retry;
import dev.ringshard.shard.Shard;
import dev.ringshard.shard.ShardTransaction;
import dev.ringshard.shard.Shards;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Runs SQL on the shard that owns a key.
 *
 * <p>The router guesses the owner from its snapshot, and the shard decides: if it says no, nothing has been done yet, so
 * the router looks again and goes where the token went, for as long as {@code routing-timeout} allows. What the database
 * is known to have undone (serialization failure, deadlock, lock time-out) is repeated as well; a commit without an
 * answer never is.
 *
 * <p>Thread-safe. Every method may throw {@link ShardUnavailableException} if the owner does not answer,
 * {@link NoOwnerException} if no owner turned up in time, {@link ContentionException} if others held the same rows all
 * the while, and {@link InvalidInputException} for a key that cannot be one. In these cases nothing was written.
 */
public final class Router implements AutoCloseable {
    private final KeyHash hash;
    private final Shards shards;
    private final Events events;
    private final RouteTable table;
    private final Retry retry;
    private final ExecutorService executor;
    private final ScatterGather scatter;

    private Router(KeyHash hash, Shards shards, RouteTable table, Retry retry, ExecutorService executor) {
        this.hash = hash;
        this.shards = shards;
        this.events = shards.events();
        this.table = table;
        this.retry = retry;
        this.executor = executor;
        this.scatter = new ScatterGather(table, retry, executor, events);
    }

    /**
     * Opens a router, after asking each shard who it is and what it owns. Shards that do not answer do not keep it from
     * opening.
     *
     * @param patience how long a call may look for an owner and repeat what the database has undone
     * @throws ForeignShardException if a database is not the shard that the configuration means, or no cluster is there
     */
    public static Router open(String cluster, KeyHash hash, Shards shards, Duration patience) {
        ExecutorService executor = Parallel.threads();
        try {
            RouteTable table = new RouteTable(shards, new Admission(cluster, hash), executor);
            Routes routes = table.refresh(table.current());
            if (routes.members().isEmpty() && routes.silent().isEmpty()) {
                throw new ForeignShardException(
                        """
                        Cluster %s is not initialised: none of its %d databases takes part in a cluster. Nothing \
                        was written. Run init.""".formatted(cluster, shards.all().size()));
            }
            return new Router(hash, shards, table, Retry.within(patience), executor);
        } catch (RuntimeException failure) {
            executor.shutdownNow();
            throw failure;
        }
    }

    /**
     * Runs work for one key in one transaction on its owner, and commits it.
     *
     * @return what the work returned
     * @throws OutcomeUnknownException if the commit was sent and no answer came
     */
    public <T extends @Nullable Object> T transaction(String key, KeyedTransaction.Work<T> work) {
        return transaction(Isolation.READ_COMMITTED, List.of(key), work);
    }

    /**
     * Runs work for several keys in one transaction, if one shard owns them all.
     *
     * @throws KeysOnDifferentShardsException if no one shard owns them all; nothing was run
     * @throws OutcomeUnknownException if the commit was sent and no answer came
     */
    public <T extends @Nullable Object> T transaction(Collection<String> keys, KeyedTransaction.Work<T> work) {
        return transaction(Isolation.READ_COMMITTED, keys, work);
    }

    /** As {@link #transaction(Collection, KeyedTransaction.Work)}, at the isolation level given. */
    public <T extends @Nullable Object> T transaction(
            Isolation isolation, Collection<String> keys, KeyedTransaction.Work<T> work) {
        Map<String, Long> tokens = tokens(keys);
        long[] ascending =
                tokens.values().stream().mapToLong(Long::longValue).sorted().toArray();
        ShardTransaction.Work<T> fenced = transaction -> {
            for (long token : ascending) {
                Fence.enter(transaction.connection(), token);
            }
            transaction.mark();
            return StrayRow.refused(work).run(new KeyedTransaction(transaction, tokens));
        };
        return timed(
                Operation.TRANSACTION, ascending[0], () -> commonOwner(tokens).transaction(isolation, fenced));
    }

    /**
     * Reads rows of one key by one statement, without a lock, from its owner. Sees all that was acknowledged before.
     *
     * @param parameters the query's, in order
     * @return the rows; empty if there are none
     */
    public <T> List<T> read(String key, PointRead<T> read, @Nullable Object... parameters) {
        return onOwner(Operation.READ, key, (shard, token) -> read.on(shard, token, parameters));
    }

    /**
     * Runs one INSERT, UPDATE or DELETE for one key on its owner, in one round trip on PostgreSQL.
     *
     * @param parameters the statement's, in order
     * @return how many rows it changed
     * @throws OutcomeUnknownException if the connection was lost after the statement was sent
     */
    public int update(String key, FencedStatement statement, @Nullable Object... parameters) {
        return onOwner(key, (shard, token) -> statement.update(shard, token, parameters));
    }

    /**
     * Runs one statement that returns rows for one key on its owner, in one round trip on PostgreSQL.
     *
     * @param parameters the statement's, in order
     * @throws OutcomeUnknownException if the connection was lost after the statement was sent
     */
    public <T> List<T> query(
            String key, FencedStatement statement, RowReader<T> reader, @Nullable Object... parameters) {
        return onOwner(key, (shard, token) -> statement.query(shard, token, reader, parameters));
    }

    /** Work on the shard that probably owns a token. */
    @FunctionalInterface
    public interface OwnerWork<T extends @Nullable Object> {
        /**
         * Does the work through {@link PointRead}, {@link FencedStatement} or {@link Fence}, which ask the shard whether
         * it owns the token; runs again elsewhere if it does not.
         */
        T run(Shard shard, long token);
    }

    /** Runs work that fences itself on the owner of a key. */
    public <T extends @Nullable Object> T onOwner(String key, OwnerWork<T> work) {
        return onOwner(Operation.UPDATE, key, work);
    }

    private <T extends @Nullable Object> T onOwner(Operation operation, String key, OwnerWork<T> work) {
        long token = hash.token(key);
        return timed(operation, token, () -> StrayRow.refused(owner(token), token, work));
    }

    /** As {@link #routed}, and tells how it ended. */
    private <T extends @Nullable Object> T timed(Operation operation, long token, Supplier<T> attempt) {
        return events.isHeard()
                ? events.timed(operation, () -> knownOwner(token), () -> routed(token, attempt))
                : routed(token, attempt);
    }

    /** After a call that was done, the shard that did it, unless the token has moved on already. */
    private String knownOwner(long token) {
        Shard owner = table.current().owner(token);
        return owner == null ? RingshardListener.NO_SHARD : owner.name();
    }

    private <T extends @Nullable Object> T routed(long token, Supplier<T> attempt) {
        try {
            return retry.run(attempt, failure -> follow(token, failure));
        } catch (NoOwnerException notFound) {
            table.strangersWith(token).forEach(shards::get); // which names a shard that is not configured
            throw table.explained(notFound, range -> range.contains(token));
        }
    }

    /** Reads from all shards. */
    public ScatterGather scatter() {
        return scatter;
    }

    /** The token of a key. Contacts no shard. */
    public long token(String key) {
        return hash.token(key);
    }

    /** Where a key lives, as far as the router knows; asks the shards only if it knows no owner. */
    public Location locate(String key) {
        long token = hash.token(key);
        Shard owner = routed(token, () -> owner(token));
        TokenRange range = table.current().owners().rangeOf(token);
        return new Location(key, token, range == null ? new TokenRange(token, token) : range, owner.name());
    }

    /** The share of the ring, 0 to 1, that each shard owns, as far as the router knows. */
    public Map<String, Double> shares() {
        return table.current().shares();
    }

    /**
     * Checks that all shards answered when they were last asked.
     *
     * @param who needs them, for the message
     * @param advice what is now true, and what to do besides repeating it, in whole sentences
     * @throws ShardUnavailableException naming those that did not, and why
     */
    public void requireAllAnswered(String who, String advice) {
        table.current().requireAllAnswered(who, advice);
    }

    /** Asks all shards what they own. Never needed for correctness; useful before {@link #shares()}. */
    public void refresh() {
        table.askAll();
    }

    /** Sends nothing to a shard any more that owns nothing and is about to leave. */
    public void forget(String shard) {
        shards.find(shard).ifPresent(table::forget);
    }

    private Map<String, Long> tokens(Collection<String> keys) {
        if (keys.isEmpty()) {
            throw new InvalidInputException(
                    "A transaction needs at least one key: its key says on which shard it runs. Nothing was done.");
        }
        Map<String, Long> tokens = new LinkedHashMap<>();
        keys.forEach(key -> tokens.put(key, hash.token(key)));
        return tokens;
    }

    private Shard commonOwner(Map<String, Long> tokens) {
        Set<Shard> owners = owners(tokens);
        if (owners.size() > 1) {
            table.refresh(table.current());
            owners = owners(tokens);
        }
        if (owners.size() > 1) {
            throw new KeysOnDifferentShardsException("""
                    The %d keys of one transaction live on %d shards (%s); a transaction runs on one. Nothing \
                    was run. Do the work key by key.""".formatted(
                            tokens.size(),
                            owners.size(),
                            owners.stream().map(Shard::name).sorted().collect(Collectors.joining(", "))));
        }
        return owners.iterator().next();
    }

    private Set<Shard> owners(Map<String, Long> tokens) {
        return tokens.values().stream().map(this::owner).collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private Shard owner(long token) {
        Routes routes = table.current();
        Shard owner = routes.owner(token);
        return owner != null ? owner : ownerAfterAsking(token, routes);
    }

    private Shard ownerAfterAsking(long token, Routes seen) {
        Routes routes = seen.silent().isEmpty() ? table.refresh(seen) : table.afterAskingTheSilent();
        Shard owner = routes.owner(token);
        if (owner != null) {
            return owner;
        }
        if (!routes.silent().isEmpty()) {
            throw routes.silent(
                    "This key (token %d) belongs to none of the shards that answer.".formatted(token),
                    """
                    Nothing was done. Repeat the call once %s; customers on the shards that answer are not affected.""".formatted(routes.answering()));
        }
        throw new NoOwnerException("""
                No shard owns token %d at the moment, and every shard answered: it is being handed over, or \
                the shard that has it is missing from the configuration. Nothing was done. Repeat the call; if \
                this persists, look at the status.""".formatted(token));
    }

    /** Learns from a failure that is about to be repeated. */
    private void follow(long token, RingshardException failure) {
        if (events.isHeard()) {
            tellRepetition(token, failure);
        }
        if (failure instanceof NoOwnerException elsewhere) {
            Collection<Shard> knowing = whoKnows(elsewhere);
            Routes routes = table.refresh(table.current(), knowing);
            if (!saysWhoOwns(routes, elsewhere, knowing)) { // its mover is not done, or died
                table.finishHandovers(knowing);
                table.refresh(table.current(), knowing);
            }
        }
    }

    /** Whether one of the shards just asked says that it owns the token; what others said before may be old. */
    private static boolean saysWhoOwns(Routes routes, NoOwnerException elsewhere, Collection<Shard> asked) {
        Long refused = elsewhere.refusal().map(Refusal::token).orElse(null);
        Shard owner = refused == null ? null : routes.owner(refused);
        return owner != null && asked.contains(owner) && !routes.silent().contains(owner);
    }

    private void tellRepetition(long token, RingshardException failure) {
        if (failure instanceof NoOwnerException elsewhere) {
            Optional<Refusal> refusal = elsewhere.refusal();
            events.repeats(
                    refusal.isPresent() ? Repetition.STALE_ROUTE : Repetition.NO_OWNER,
                    refusal.map(Refusal::shard).orElse(RingshardListener.NO_SHARD));
        } else {
            events.repeats(
                    failure instanceof ContentionException ? Repetition.CONTENTION : Repetition.CONNECTION_LOST,
                    knownOwner(token));
        }
    }

    /**
     * The shard that refused and the one that it handed the token to; all, if it named none. An owner that is not
     * configured cannot be followed.
     */
    private Collection<Shard> whoKnows(NoOwnerException elsewhere) {
        Optional<Refusal> refusal = elsewhere.refusal();
        Optional<Shard> owner = elsewhere.owner().map(shards::get);
        if (refusal.isEmpty() || owner.isEmpty()) {
            return shards.all();
        }
        Set<Shard> knowing = new LinkedHashSet<>();
        knowing.add(owner.get());
        shards.find(refusal.get().shard()).ifPresent(knowing::add);
        return knowing;
    }

    /** Stops the threads that read all shards. The shards stay open. */
    @Override
    public void close() {
        executor.shutdown();
    }
}
