package dev.ringshard.jdbc;

import dev.ringshard.internal.fence.FencedText;
import dev.ringshard.internal.shard.FailureKind;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.ShardTransaction;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A statement together with its transaction, or the beginning of that, and the check of its key: one round trip, where the database
 * runs statements together.
 *
 * @param commits whether it is the only statement of its transaction
 * @param running told of the statement before it is executed
 * @param failing told why the statement failed, where its transaction goes on
 */
record TogetherStatement(
        StatementScript script,
        String sql,
        boolean reads,
        boolean commits,
        Running running,
        Consumer<SQLException> failing) {

    /** What is told of a statement before it is executed. */
    @FunctionalInterface
    interface Running {
        /** Fails if it is not to be executed any more. */
        void is(ShardTransaction transaction, PreparedStatement statement) throws SQLException;
    }

    /** How a try ended. */
    enum Ending {
        DONE,
        /** The transaction has begun, and its first statement has failed: it can only be rolled back. */
        FAILED,
        /** Nothing was done: a query asked to write, or to lock. */
        WRITES,
        /** Nothing was done: this shard, or this statement, needs a transaction in steps. */
        IN_STEPS
    }

    /** Whether a statement may be run so, as far as is known without its shard. */
    static boolean isPossible(StatementScript script, @Nullable String sql, @Nullable Object @Nullable [] arguments) {
        boolean hasPlaces = script.isPrepared() || (sql != null && sql.indexOf('?') < 0);
        boolean namesKeys = arguments != null && arguments.length > 1;
        return sql != null && script.isPlain() && hasPlaces && !namesKeys;
    }

    /** To be run again if the shard does not own the token. */
    Ending on(Shard shard, long token) {
        if (!shard.runsStatementsTogether() || shard.dialect().mayChangeSession(sql)) {
            return Ending.IN_STEPS;
        }
        FencedText text = StatementText.of(sql).fenced(reads, commits);
        ShardTransaction transaction = shard.forText(reads || !commits);
        Ending ending = Ending.WRITES;
        try {
            ending = transaction.run(lent -> executed(text, lent, token));
            return ending;
        } finally {
            if (ending != Ending.DONE && ending != Ending.FAILED) {
                transaction.close();
            }
        }
    }

    private Ending executed(FencedText text, ShardTransaction transaction, long token) throws SQLException {
        Shard shard = transaction.shard();
        shard.requireUnchanged();
        PreparedStatement statement;
        try {
            statement = prepared(text, transaction, token);
        } catch (SQLException refused) {
            if (FailureKind.of(refused) != FailureKind.OTHER) {
                throw refused;
            }
            return Ending.IN_STEPS; // where the driver says it of the caller's own text and parameters
        }
        running.is(transaction, statement);
        try {
            text.execute(statement, shard, token);
            if (commits) {
                transaction.endedByText();
            } else {
                transaction.begunByText(!reads);
            }
            return Ending.DONE;
        } catch (SQLException failure) {
            FailureKind kind = FailureKind.of(failure);
            if (reads && kind == FailureKind.READ_ONLY) {
                return Ending.WRITES;
            }
            if (shard.dialect().isOfOutdatedPlan(failure)) {
                return Ending.IN_STEPS; // the driver repeats by itself only what is no part of several
            }
            // INVARIANT: it goes on only if the server has begun it and passed the check. What the driver did not send,
            // did not.
            if (commits || !isOfStatement(kind) || !transaction.isFailed()) {
                throw failure;
            }
            transaction.begunByText(!reads);
            failing.accept(failure);
            return Ending.FAILED;
        }
    }

    private PreparedStatement prepared(FencedText text, ShardTransaction transaction, long token) throws SQLException {
        PreparedStatement statement = transaction.connection().prepareStatement(text.sql());
        transaction.shard().dialect().keepTogether(statement);
        script.playBehind(statement, text.checkParameters());
        text.bind(statement, token);
        return statement;
    }

    /** Whether it is the statement that is at fault. Else nothing was done, and all of it is done again where that is right. */
    private static boolean isOfStatement(FailureKind kind) {
        return switch (kind) {
            case DUPLICATE, OUT_OF_RANGE, DENIED, OTHER -> true;
            case NOT_OWNER, DISCONNECTED, CONTENTION, READ_ONLY, RESTORED -> false;
        };
    }
}
