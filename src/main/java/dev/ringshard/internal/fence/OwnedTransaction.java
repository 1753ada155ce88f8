package dev.ringshard.internal.fence;

import dev.ringshard.failure.NoOwnerException;
import dev.ringshard.internal.ownership.OwnedRangeTable;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.ShardTransaction;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** How transactions begin of which the caller has not said yet what it does in them: the shard must own their tokens. */
public final class OwnedTransaction {
    private OwnedTransaction() {}

    /**
     * Begins a transaction that may write, and enters its tokens; the caller closes it.
     *
     * @param tokens ascending
     * @throws NoOwnerException if the shard does not own them; nothing was done
     */
    public static ShardTransaction writing(Shard shard, int isolation, List<Long> tokens) {
        ShardTransaction transaction = shard.begin(isolation);
        try {
            return transaction.run(begun -> {
                shard.requireUnchanged();
                enter(begun, tokens);
                begun.beginCallersWork();
                return begun;
            });
        } catch (RuntimeException failure) {
            transaction.close();
            throw failure;
        }
    }

    /** Enters tokens, ascending, in a transaction that has just begun. */
    public static void enter(ShardTransaction begun, List<Long> tokens) throws SQLException {
        for (long token : tokens) {
            Fence.enter(begun.connection(), token);
        }
        begun.mark();
    }

    /**
     * Begins a transaction that only reads, without a lock, in one snapshot in which the shard owns its tokens; the caller
     * closes it.
     *
     * @throws NoOwnerException if the shard does not own them
     */
    public static ShardTransaction reading(Shard shard, int isolation, List<Long> tokens) {
        String question = "SELECT " + OwnedRangeTable.OWNS + (" AND " + OwnedRangeTable.OWNS).repeat(tokens.size() - 1);
        List<Long> parameters = new ArrayList<>(2 * tokens.size());
        for (Long token : tokens) {
            parameters.add(token);
            parameters.add(token);
        }
        ShardTransaction transaction = shard.begin(connection -> {
            if (!shard.dialect().transactions().beginReading(connection, isolation, question, parameters)) {
                throw refusal(shard, tokens.get(0));
            }
        });
        try {
            shard.requireUnchanged();
        } catch (NoOwnerException changed) {
            transaction.close();
            throw changed;
        }
        transaction.beginCallersWork();
        return transaction;
    }

    /** That a shard does not own a token by which it was to be read. */
    public static NoOwnerException refusal(Shard shard, long token) {
        return new NoOwnerException(
                """
                Shard %s does not own token %d. Nothing was read. Ringshard asks the other shards and \
                tries again for as long as routing-timeout allows; if that was not enough, repeat the \
                call.""".formatted(shard.name(), token), new NoOwnerException.Refusal(shard.name(), token, null), null);
    }
}
