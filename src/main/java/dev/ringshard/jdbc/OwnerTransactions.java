package dev.ringshard.jdbc;

import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.failure.KeysOnDifferentShardsException;
import dev.ringshard.failure.NoOwnerException;
import dev.ringshard.failure.RingshardException;
import dev.ringshard.failure.ShardUnavailableException;
import dev.ringshard.internal.fence.OwnedTransaction;
import dev.ringshard.internal.routes.RoutedCalls;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.ShardTransaction;
import dev.ringshard.internal.shard.Shards;
import dev.ringshard.routing.Router;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Begins the transactions of routed connections on the shards that own their keys. Thread-safe. */
final class OwnerTransactions {
    private final Router router;
    private final RoutedCalls calls;
    private final Shards shards;

    OwnerTransactions(Router router, RoutedCalls calls, Shards shards) {
        this.router = router;
        this.calls = calls;
        this.shards = shards;
    }

    /**
     * Begins a transaction on the owner of the keys, which is followed if they have moved.
     *
     * @param isolation of a transaction that may write; one that reads has one snapshot, or is SERIALIZABLE
     */
    ShardTransaction begin(ShardKey key, boolean reads, int isolation) throws SQLException {
        return begin(calls, key, reads, isolation);
    }

    private ShardTransaction begin(RoutedCalls within, ShardKey key, boolean reads, int isolation) throws SQLException {
        try {
            List<Long> tokens = tokens(key);
            return within.run(
                    tokens,
                    owner -> reads
                            ? OwnedTransaction.reading(owner, isolation, tokens)
                            : OwnedTransaction.writing(owner, isolation, tokens));
        } catch (RingshardException failure) {
            throw SqlFailures.of(failure);
        }
    }

    /**
     * Runs a call on the owner of a key, which is followed if it has moved.
     *
     * @return what the call gave; empty if there are several keys
     */
    <T> Optional<T> onOwner(ShardKey key, TokenCall<T> call) throws SQLException {
        try {
            List<Long> tokens = tokens(key);
            if (tokens.size() > 1) {
                return Optional.empty();
            }
            return Optional.of(calls.run(tokens, owner -> call.on(owner, tokens.get(0))));
        } catch (RingshardException failure) {
            throw SqlFailures.of(failure);
        }
    }

    /** A call for a token. */
    @FunctionalInterface
    interface TokenCall<T> {
        T on(Shard owner, long token);
    }

    /** Ascending, as everybody enters several. */
    private List<Long> tokens(ShardKey key) {
        List<String> texts = key.texts();
        if (texts.size() == 1) {
            return List.of(router.token(texts.get(0)));
        }
        return texts.stream().map(router::token).distinct().sorted().toList();
    }

    /** Whether a key says all that another one says, as the keys of this cluster are written. */
    boolean covers(ShardKey key, ShardKey other) throws SQLException {
        try {
            return tokens(key).containsAll(tokens(other));
        } catch (RingshardException invalid) {
            throw SqlFailures.of(invalid);
        }
    }

    /** Whether one shard owns the keys, and says so in time. */
    boolean isOwned(ShardKey key, @Nullable Duration limit) throws SQLException {
        try {
            begin(limit == null ? calls : calls.within(limit), key, true, Connection.TRANSACTION_REPEATABLE_READ)
                    .close();
            return true;
        } catch (SQLException failure) {
            Throwable why = failure.getCause();
            if (why instanceof NoOwnerException
                    || why instanceof ShardUnavailableException
                    || why instanceof KeysOnDifferentShardsException
                    || why instanceof InvalidInputException) {
                return false;
            }
            throw failure;
        }
    }

    /** Begins a transaction on any shard that answers, for what is alike on all of them. */
    ShardTransaction anywhere() throws SQLException {
        RingshardException last = null;
        for (Shard shard : shards.all()) {
            try {
                return shard.begin(Connection.TRANSACTION_READ_COMMITTED);
            } catch (ShardUnavailableException | NoOwnerException unanswered) {
                last = unanswered;
            }
        }
        throw SqlFailures.of(last == null ? InvalidInputException.closed() : last);
    }
}
