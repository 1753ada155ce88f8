package dev.ringshard.jdbc;

import dev.ringshard.failure.ContentionException;
import dev.ringshard.failure.CorruptionException;
import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.failure.KeysOnDifferentShardsException;
import dev.ringshard.failure.NoOwnerException;
import dev.ringshard.failure.OutcomeUnknownException;
import dev.ringshard.failure.RingshardException;
import dev.ringshard.failure.ShardUnavailableException;
import dev.ringshard.failure.SqlFailedException;
import dev.ringshard.internal.shard.FailureKind;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLNonTransientException;
import java.sql.SQLTransactionRollbackException;
import java.sql.SQLTransientConnectionException;
import org.jspecify.annotations.Nullable;

/** What failures are as SQL failures, by the SQLSTATEs that frameworks know. */
final class SqlFailures {
    /** Nothing was done; repeating the transaction is right. */
    static final String REPEAT = "40001";

    static final String OUTCOME_UNKNOWN = "08007";

    static final String UNREACHABLE = "08001";

    /** A closed connection, or none. */
    static final String NO_CONNECTION = "08003";

    static final String NOT_SUPPORTED = "0A000";

    /** What was called does not go with the transaction as it is. */
    static final String TRANSACTION_STATE = "25000";

    static final String READ_ONLY = "25006";

    static final String FAILED_TRANSACTION = "25P02";

    static final String INVALID = "22023";

    /** Rows are closed, or stand at none. */
    static final String CURSOR_STATE = "24000";

    /** What was called does not go with what was called before. */
    static final String SEQUENCE = "HY010";

    private SqlFailures() {}

    /** A failure of Ringshard's; what the database said stays as it is. */
    static SQLException of(RingshardException failure) {
        String message = failure.getMessage();
        if (failure instanceof ContentionException || failure instanceof NoOwnerException) {
            return new SQLTransactionRollbackException(message, REPEAT, failure);
        }
        if (failure instanceof ShardUnavailableException unavailable) {
            return unavailable.wasLost()
                    ? new SQLTransactionRollbackException(message, REPEAT, failure)
                    : new SQLTransientConnectionException(message, UNREACHABLE, failure);
        }
        if (failure instanceof OutcomeUnknownException) {
            return new SQLNonTransientConnectionException(message, OUTCOME_UNKNOWN, failure);
        }
        if (failure instanceof KeysOnDifferentShardsException) {
            return new SQLFeatureNotSupportedException(message, NOT_SUPPORTED, failure);
        }
        if (failure instanceof InvalidInputException && failure.getCause() instanceof NoOwnerException) {
            return new SQLFeatureNotSupportedException(message, NOT_SUPPORTED, failure); // a row of another key
        }
        if (failure instanceof InvalidInputException) {
            return new SQLNonTransientException(message, INVALID, failure);
        }
        if (failure instanceof SqlFailedException) {
            return FailureKind.first(failure)
                    .orElseGet(() -> new SQLNonTransientException(message, FAILED_TRANSACTION, failure));
        }
        return new SQLNonTransientException(
                message, failure instanceof CorruptionException ? "XX001" : "HY000", failure);
    }

    /** The connection to the shard was lost before the commit was sent. */
    static SQLException lost(String shard, @Nullable SQLException failure) {
        return new SQLTransactionRollbackException("""
                Shard %s: the connection was lost before the commit. Nothing was written. Roll back, and repeat the \
                transaction.""".formatted(shard), REPEAT, failure);
    }

    /** A statement wrote a row of a key that lives elsewhere. */
    static SQLException strayRow(String shard, SQLException failure) {
        return new SQLFeatureNotSupportedException("""
                The statement wrote a row whose token belongs to none of the keys of its connection, and %s does not own it. The \
                statement has done nothing. See that the row has the key, or its token, that was meant, and name all keys when the \
                connection is got.""".formatted(shard), NOT_SUPPORTED, failure);
    }

    static SQLException notSupported(String reason) {
        return new SQLFeatureNotSupportedException(reason, NOT_SUPPORTED);
    }

    static SQLException transactionState(String reason) {
        return new SQLNonTransientException(reason, TRANSACTION_STATE);
    }
}
