package dev.ringshard.jdbc;

import dev.ringshard.internal.fence.FencedText;
import dev.ringshard.internal.shard.FailureKind;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.ShardTransaction;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A statement in autocommit together with its transaction and the check of its key: one round trip, where the database runs
 * statements together.
 *
 * @param running told of the statement before it is executed
 */
record TogetherStatement(
        StatementScript script, String sql, boolean reads, BiConsumer<ShardTransaction, PreparedStatement> running) {

    /** How a try ended. */
    enum Ending {
        DONE,
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
        FencedText text = StatementText.of(sql).fenced(reads);
        ShardTransaction transaction = shard.forText(reads);
        Ending ending = Ending.WRITES;
        try {
            ending = transaction.run(lent -> executed(text, lent, token));
            return ending;
        } finally {
            if (ending != Ending.DONE) {
                transaction.close();
            }
        }
    }

    private Ending executed(FencedText text, ShardTransaction transaction, long token) throws SQLException {
        Shard shard = transaction.shard();
        shard.requireUnchanged();
        PreparedStatement statement = transaction.connection().prepareStatement(text.sql());
        shard.dialect().keepTogether(statement);
        script.playBehind(statement, text.checkParameters());
        text.bind(statement, token);
        running.accept(transaction, statement);
        try {
            text.execute(statement, shard, token);
            transaction.endedByText();
            return Ending.DONE;
        } catch (SQLException failure) {
            if (reads && FailureKind.of(failure) == FailureKind.READ_ONLY) {
                return Ending.WRITES;
            }
            throw failure;
        }
    }
}
