package dev.ringshard.routing;

import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.failure.NoOwnerException;
import dev.ringshard.failure.RingshardException;
import dev.ringshard.internal.shard.FailureKind;
import java.sql.SQLException;
import java.util.List;
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

    /** As {@link #refused}: a trigger may have refused a row of another token than those that the call is for. */
    static void requireNone(NoOwnerException refused, List<Long> tokens) {
        refused.refusal()
                .filter(refusal -> refusal.token() != null && !tokens.contains(refusal.token()))
                .ifPresent(stray -> {
                    throw exception(stray.shard(), refused);
                });
    }

    private static InvalidInputException exception(String shard, Throwable failure) {
        return new InvalidInputException("""
                The work wrote a row whose token belongs to none of its keys, and %s does not own it. It was \
                rolled back; nothing was written. See that the row has the key, or its token, that was meant, and name all keys when \
                a transaction begins.""".formatted(shard), failure);
    }
}
