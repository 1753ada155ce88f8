package dev.ringshard.routing;

import dev.ringshard.event.Events;
import dev.ringshard.event.Operation;
import dev.ringshard.failure.ContentionException;
import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.failure.KeysOnDifferentShardsException;
import dev.ringshard.failure.NoOwnerException;
import dev.ringshard.failure.OutcomeUnknownException;
import dev.ringshard.failure.ShardUnavailableException;
import dev.ringshard.internal.fence.OwnedTransaction;
import dev.ringshard.internal.routes.RouteTable;
import dev.ringshard.internal.routes.RoutedCalls;
import dev.ringshard.ring.KeyHash;
import dev.ringshard.ring.TokenRange;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Runs SQL on the shard that owns a key.
 *
 * <p>The router guesses the owner from its snapshot, and the shard decides: if it says no, nothing has been done yet, so
 * the router looks again and goes where the token went, for as long as {@code routing-timeout} allows. What the database
 * is known to have undone (serialization failure, deadlock, lock time-out) is repeated as well; a commit without an
 * answer never is.
 *
 * <p>A key is a text, a whole number, or a {@link java.util.UUID}; see {@link dev.ringshard.ring.KeyType}.
 *
 * <p>Thread-safe. Every method may throw {@link ShardUnavailableException} if the owner does not answer,
 * {@link NoOwnerException} if no owner turned up in time, {@link ContentionException} if others held the same rows all
 * the while, and {@link InvalidInputException} for a key that cannot be one. In these cases nothing was written.
 */
public final class Router {
    private final KeyHash hash;
    private final Events events;
    private final RouteTable table;
    private final RoutedCalls calls;

    /** A router by what a process knows of owners, and its calls on them. */
    public Router(KeyHash hash, RouteTable table, RoutedCalls calls, Events events) {
        this.hash = hash;
        this.table = table;
        this.calls = calls;
        this.events = events;
    }

    /**
     * Runs work for one key in one transaction on its owner, and commits it.
     *
     * @return what the work returned
     * @throws OutcomeUnknownException if the commit was sent and no answer came
     */
    public <T extends @Nullable Object> T transaction(Object key, KeyedTransaction.Work<T> work) {
        return transaction(Isolation.READ_COMMITTED, List.of(key), work);
    }

    /**
     * Runs work for several keys in one transaction, if one shard owns them all.
     *
     * @throws KeysOnDifferentShardsException if no one shard owns them all; nothing was run
     * @throws OutcomeUnknownException if the commit was sent and no answer came
     */
    public <T extends @Nullable Object> T transaction(Collection<?> keys, KeyedTransaction.Work<T> work) {
        return transaction(Isolation.READ_COMMITTED, keys, work);
    }

    /** As {@link #transaction(Collection, KeyedTransaction.Work)}, at the isolation level given. */
    public <T extends @Nullable Object> T transaction(
            Isolation isolation, Collection<?> keys, KeyedTransaction.Work<T> work) {
        Map<String, Long> tokens = tokens(keys);
        List<Long> ascending = tokens.values().stream().sorted().toList();
        return onOwner(
                Operation.TRANSACTION,
                ascending,
                owner -> owner.transaction(isolation.jdbcLevel(), transaction -> {
                    owner.requireUnchanged();
                    OwnedTransaction.enter(transaction, ascending);
                    transaction.beginCallersWork();
                    return new KeyedTransaction(transaction, this::canonical, tokens).run(work);
                }));
    }

    /**
     * Reads rows of one key by one statement, without a lock, from its owner. Sees all that was acknowledged before.
     *
     * @param parameters the query's, in order
     * @return the rows; empty if there are none
     */
    public <T> List<T> read(Object key, PointRead<T> read, @Nullable Object... parameters) {
        long token = token(key);
        return onOwner(Operation.READ, List.of(token), owner -> read.on(owner, token, parameters));
    }

    /**
     * Runs one INSERT, UPDATE or DELETE for one key on its owner, in one round trip on PostgreSQL.
     *
     * @param parameters the statement's, in order
     * @return how many rows it changed
     * @throws OutcomeUnknownException if the connection was lost after the statement was sent
     */
    public int update(Object key, FencedStatement statement, @Nullable Object... parameters) {
        List<Long> tokens = List.of(token(key));
        return onOwner(Operation.UPDATE, tokens, owner -> statement.update(owner, tokens, parameters));
    }

    /**
     * Runs one statement that returns rows for one key on its owner, in one round trip on PostgreSQL.
     *
     * @param parameters the statement's, in order
     * @throws OutcomeUnknownException if the connection was lost after the statement was sent
     */
    public <T> List<T> query(
            Object key, FencedStatement statement, RowReader<T> reader, @Nullable Object... parameters) {
        List<Long> tokens = List.of(token(key));
        return onOwner(Operation.UPDATE, tokens, owner -> statement.query(owner, tokens, reader, parameters));
    }

    /**
     * As {@link #query(Object, FencedStatement, RowReader, Object...)}, for several keys, if one shard owns them all.
     *
     * @throws KeysOnDifferentShardsException if no one shard owns them all; nothing was run
     */
    public <T> List<T> query(
            Collection<?> keys, FencedStatement statement, RowReader<T> reader, @Nullable Object... parameters) {
        List<Long> tokens = tokens(keys).values().stream().sorted().toList();
        return onOwner(Operation.UPDATE, tokens, owner -> statement.query(owner, tokens, reader, parameters));
    }

    private <T extends @Nullable Object> T onOwner(
            Operation operation, List<Long> tokens, RoutedCalls.OwnerCall<T> call) {
        return events.timed(operation, () -> calls.knownOwner(tokens.get(0)), () -> calls.run(tokens, call));
    }

    private Map<String, Long> tokens(Collection<?> keys) {
        if (keys.isEmpty()) {
            throw new InvalidInputException(
                    "A transaction needs at least one key: its key says on which shard it runs. Nothing was done.");
        }
        Map<String, Long> tokens = new LinkedHashMap<>();
        for (Object key : keys) {
            String text = canonical(key);
            tokens.put(text, hash.token(text));
        }
        return tokens;
    }

    /**
     * The text of a key by which it is hashed, the same however the key is written. Contacts no shard that has answered
     * before.
     */
    public String canonical(Object key) {
        return table.keyType().canonical(key);
    }

    /** The token of a key. Contacts no shard. */
    public long token(Object key) {
        return hash.token(canonical(key));
    }

    /** Where a key lives, as far as the router knows; asks the shards only if it knows no owner. */
    public Location locate(Object key) {
        String text = canonical(key);
        long token = hash.token(text);
        String owner = calls.run(List.of(token), shard -> {
            shard.requireOpen();
            return shard.name();
        });
        TokenRange range = table.current().owners().rangeOf(token);
        return new Location(text, token, range == null ? new TokenRange(token, token) : range, owner);
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
}
