package dev.ringshard.routing;

import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.failure.NoOwnerException;
import dev.ringshard.failure.NoOwnerException.Refusal;
import dev.ringshard.failure.RingshardException;
import dev.ringshard.shard.FailureKind;
import dev.ringshard.shard.Shard;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** A row that work wrote for a key that it had not named, and that its shard does not own. */
final class StrayRow {
    private StrayRow() {}

    /**
     * Past the fence, a refusal is not a range that moved: the work wrote a row of a key that it had not named. Looking
     * elsewhere would not help.
     */
    static <T extends @Nullable Object> KeyedTransaction.Work<T> refused(KeyedTransaction.Work<T> work) {
        return transaction -> {
            try {
                return work.run(transaction);
            } catch (SQLException | RuntimeException failure) {
                if (failure instanceof RingshardException || FailureKind.of(failure) != FailureKind.NOT_OWNER) {
                    throw failure;
                }
                throw exception(transaction.shard(), failure);
            }
        };
    }

    /** As {@link #refused(KeyedTransaction.Work)}: a trigger has refused a row of another token than the one that was entered. */
    static <T extends @Nullable Object> T refused(Shard shard, long token, Router.OwnerWork<T> work) {
        try {
            return work.run(shard, token);
        } catch (NoOwnerException refused) {
            boolean stray = refused.refusal()
                    .map(Refusal::token)
                    .filter(refusedToken -> refusedToken != token)
                    .isPresent();
            throw stray ? exception(shard.name(), refused) : refused;
        }
    }

    private static InvalidInputException exception(String shard, Throwable failure) {
        return new InvalidInputException("""
                The work wrote a row whose ring_token belongs to none of its keys, and %s does not own it. It was \
                rolled back; nothing was written. Fill ring_token with the token of the key, and name all keys when \
                a transaction begins.""".formatted(shard), failure);
    }
}
