package dev.ringshard.shard;

import dev.ringshard.failure.ContentionException;
import dev.ringshard.failure.NoOwnerException;
import dev.ringshard.failure.OutcomeUnknownException;
import dev.ringshard.failure.RingshardException;
import dev.ringshard.failure.ShardUnavailableException;
import dev.ringshard.failure.SqlFailedException;
import java.sql.SQLException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says what an SQL failure on one shard means, by its SQLSTATE and by how far the work had come. */
final class ShardFailures {
    private static final Logger log = LoggerFactory.getLogger(ShardFailures.class);
    private static final Pattern OWNER = Pattern.compile("owner=(\\S+)");

    private final String shard;
    private final Breaker breaker;

    ShardFailures(String shard, Breaker breaker) {
        this.shard = shard;
        this.breaker = breaker;
    }

    /** Before the commit was sent: whatever failed, the database has undone all of it. */
    RuntimeException inTransaction(Throwable failure) {
        if (failure instanceof RingshardException known) {
            return known;
        }
        return switch (FailureKind.of(failure)) {
            case NOT_OWNER -> notOwner(failure);
            case CONTENTION -> contention(failure);
            case DISCONNECTED -> lost(failure);
            case DUPLICATE, OUT_OF_RANGE, OTHER -> asItIs(failure);
        };
    }

    /** The commit was sent. Only an answer that says "rolled back" makes the outcome known. */
    RuntimeException atCommit(SQLException failure) {
        return switch (FailureKind.of(failure)) {
            case CONTENTION -> contention(failure);
            case NOT_OWNER -> notOwner(failure);
            case DISCONNECTED -> {
                breaker.failed(failure);
                yield unknown(failure);
            }
            case DUPLICATE, OUT_OF_RANGE, OTHER -> saysRolledBack(failure) ? asItIs(failure) : unknown(failure);
        };
    }

    /** A statement that commits by itself was sent: without an answer it may have been done. */
    RuntimeException inAutocommit(Throwable failure) {
        if (FailureKind.of(failure) == FailureKind.DISCONNECTED) {
            breaker.failed(failure);
            return unknown(failure);
        }
        return inTransaction(failure);
    }

    /** The work caught the failure of a statement and went on, where the database had given the transaction up. */
    SqlFailedException afterSwallowedFailure() {
        return new SqlFailedException(
                "Shard %s: a statement of the transaction failed, and the work went on and ended as if it had not. The database had undone the transaction; nothing was written. Let the failure end the work, or put a savepoint before the statement."
                        .formatted(shard));
    }

    void whileClosing(SQLException failure) {
        log.debug("Shard {}: a connection that was being given back is dead", shard, failure);
    }

    /** Class 23: a deferred constraint; class 40 but 40003: rolled back; 25P02: an earlier statement had failed. */
    private static boolean saysRolledBack(SQLException failure) {
        String state = String.valueOf(failure.getSQLState());
        return state.startsWith("23") || (state.startsWith("40") && !state.equals("40003")) || state.equals("25P02");
    }

    private NoOwnerException notOwner(Throwable failure) {
        SQLException refusal = FailureKind.first(failure).orElseThrow();
        return new NoOwnerException("""
                %s. Nothing was written. Ringshard asks the other shards and tries again for as long as \
                routing-timeout allows; if that was not enough, repeat the call.""".formatted(sentence(refusal)), shard, ownerIn(refusal), failure);
    }

    private static String sentence(SQLException refusal) {
        String text = serverMessage(refusal);
        return Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }

    private static String serverMessage(SQLException refusal) {
        if (refusal instanceof PSQLException postgres
                && postgres.getServerErrorMessage() != null
                && postgres.getServerErrorMessage().getMessage() != null) {
            return postgres.getServerErrorMessage().getMessage();
        }
        String text = String.valueOf(refusal.getMessage());
        int detail = text.indexOf(". ");
        return detail > 0 ? text.substring(0, detail) : text;
    }

    /** Programs read the owner from a field of its own (DETAIL), not from the sentence for people. */
    private static @Nullable String ownerIn(SQLException refusal) {
        String detail = null;
        if (refusal instanceof PSQLException postgres && postgres.getServerErrorMessage() != null) {
            detail = postgres.getServerErrorMessage().getDetail();
        } else if (refusal.getMessage() != null) {
            detail = refusal.getMessage();
        }
        if (detail == null) {
            return null;
        }
        Matcher owner = OWNER.matcher(detail);
        return owner.find() ? owner.group(1) : null;
    }

    private ContentionException contention(Throwable failure) {
        return new ContentionException("""
                Shard %s: other transactions held the same rows, and the database ended this one (SQLSTATE %s). \
                Nothing was written. Repeat the call; if this persists, shorten the transactions that write to \
                the same customers.""".formatted(shard, state(failure)), failure);
    }

    private ShardUnavailableException lost(Throwable failure) {
        breaker.failed(failure);
        return ShardUnavailableException.lost(shard, """
                Shard %s: the connection was lost before the commit (SQLSTATE %s). Nothing was written. Repeat \
                the call once the shard answers; customers on other shards are not affected.""".formatted(shard, state(failure)), failure);
    }

    private OutcomeUnknownException unknown(Throwable failure) {
        return new OutcomeUnknownException("""
                Shard %s: the commit was sent and no answer came (SQLSTATE %s). The work was done once, or not \
                at all. Repeat it with the same operation id, or read what is there, to find out.""".formatted(shard, state(failure)), failure);
    }

    private RuntimeException asItIs(Throwable failure) {
        if (failure instanceof RuntimeException unchecked) {
            return unchecked;
        }
        return new SqlFailedException("""
                Shard %s refused a statement (SQLSTATE %s): %s. The transaction was rolled back; nothing was \
                written. Correct the statement.""".formatted(shard, state(failure), failure.getMessage()), failure);
    }

    private static String state(Throwable failure) {
        return FailureKind.first(failure).map(SQLException::getSQLState).orElse("none");
    }
}
