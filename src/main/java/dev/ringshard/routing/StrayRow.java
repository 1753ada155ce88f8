package dev.ringshard.routing;

import dev.ringshard.failure.RingshardException;
import dev.ringshard.internal.routes.RoutedCalls;
import dev.ringshard.internal.shard.FailureKind;
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
                throw RoutedCalls.strayRow(transaction.shard(), failure);
            }
        };
    }
}
