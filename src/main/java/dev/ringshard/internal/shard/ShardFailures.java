package dev.ringshard.internal.shard;

import dev.ringshard.failure.ContentionException;
import dev.ringshard.failure.CorruptionException;
import dev.ringshard.failure.NoOwnerException;
import dev.ringshard.failure.OutcomeUnknownException;
import dev.ringshard.failure.RingshardException;
import dev.ringshard.failure.ShardUnavailableException;
import dev.ringshard.failure.SqlFailedException;
import java.sql.SQLException;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jooq.exception.DataAccessException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says what an SQL failure on one shard means, by its SQLSTATE and by how far the work had come. */
final class ShardFailures {
    private static final Logger log = LoggerFactory.getLogger(ShardFailures.class);
    private static final Pattern OWNER = Pattern.compile("owner=([^\\s)]+)");
    private static final Pattern TOKEN = Pattern.compile("token=(-?\\d+)");

    private final String shard;
    private final Dialect dialect;

    ShardFailures(String shard, Dialect dialect) {
        this.shard = shard;
        this.dialect = dialect;
    }

    /** Before the commit was sent: whatever failed, the database has undone all of it. Of a statement of Ringshard's own. */
    RuntimeException inTransaction(Throwable failure) {
        return inTransaction(
                failure,
                unknown -> unknown instanceof DataAccessException
                        ? refusedOurs(
                                failure,
                                FailureKind.first(failure)
                                        .<Throwable>map(sql -> sql)
                                        .orElse(failure))
                        : asItIs(failure));
    }

    /** As {@link #inTransaction(Throwable)}, of a statement of the caller's. */
    RuntimeException ofCaller(Throwable failure) {
        return inTransaction(failure, this::asCallersIs);
    }

    /** @param unknown for what no kind of failure says */
    private RuntimeException inTransaction(Throwable failure, Function<Throwable, RuntimeException> unknown) {
        if (failure instanceof RingshardException known) {
            return known;
        }
        return switch (FailureKind.of(failure)) {
            case NOT_OWNER -> notOwner(failure);
            case CONTENTION -> contention(failure);
            case DISCONNECTED -> lost(failure);
            case READ_ONLY -> readOnly(failure);
            case DENIED -> denied(failure);
            case RESTORED -> restored(failure);
            case DUPLICATE, OUT_OF_RANGE, OTHER -> unknown.apply(failure);
        };
    }

    /** The commit was sent. Only an answer that says "rolled back" makes the outcome known. */
    RuntimeException atCommit(SQLException failure) {
        return switch (FailureKind.of(failure)) {
            case CONTENTION -> contention(failure);
            case NOT_OWNER -> notOwner(failure);
            case DISCONNECTED -> unknown(failure);
            case READ_ONLY -> readOnly(failure);
            case DENIED -> denied(failure);
            case RESTORED -> restored(failure);
            case DUPLICATE, OUT_OF_RANGE, OTHER -> saysRolledBack(failure) ? asItIs(failure) : unknown(failure);
        };
    }

    /** A statement that commits by itself was sent: without an answer it may have been done. */
    RuntimeException inAutocommit(Throwable failure) {
        if (!(failure instanceof RingshardException) && FailureKind.of(failure) == FailureKind.DISCONNECTED) {
            return unknown(failure);
        }
        return ofCaller(failure);
    }

    /** The transaction ended under the work: a statement failed and the work went on, or one commits by itself. */
    SqlFailedException afterSwallowedFailure() {
        return new SqlFailedException("""
                Shard %s: the transaction had ended before the work did. Either a statement failed and the work went \
                on as if it had not: then nothing was written. Or a statement such as COMMIT, or CREATE TABLE on H2, committed \
                what came before it: then only that was. Let failures end the work, or put savepoints before them; \
                change tables and end transactions outside of it.""".formatted(shard));
    }

    /** The work ended its transaction, past all that refuses it, and failed then: to repeat it would do the first part twice. */
    SqlFailedException afterEndedWork(Throwable failure) {
        return new SqlFailedException("""
                Shard %s: the work ended its transaction by a statement of its own, and failed after that: %s. What it had done before \
                that statement may be stored; look for it before the work is repeated. Leave to Ringshard when a transaction ends.""".formatted(shard, failure.getMessage()), failure);
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
        return new NoOwnerException(
                """
                %s. Nothing was written. Ringshard asks the other shards and tries again for as long as \
                routing-timeout allows; if that was not enough, repeat the call.""".formatted(sentence(refusal)),
                new NoOwnerException.Refusal(shard, tokenIn(refusal), ownerIn(refusal)),
                failure);
    }

    private String sentence(SQLException refusal) {
        String text = dialect.sentence(refusal);
        return Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }

    private @Nullable String ownerIn(SQLException refusal) {
        Matcher owner = OWNER.matcher(dialect.detail(refusal));
        return owner.find() ? owner.group(1) : null;
    }

    private @Nullable Long tokenIn(SQLException refusal) {
        Matcher token = TOKEN.matcher(dialect.detail(refusal));
        return token.find() ? Long.valueOf(token.group(1)) : null;
    }

    ContentionException contention(Throwable failure) {
        return new ContentionException("""
                Shard %s: other transactions held the same rows, and the database ended this one (SQLSTATE %s). \
                Nothing was written. Repeat the call; if this persists, shorten the transactions that write to \
                the same rows.""".formatted(shard, state(failure)), failure);
    }

    /** As if the connection were lost: the next one may lead to the new primary. */
    private ShardUnavailableException readOnly(Throwable failure) {
        return ShardUnavailableException.lost(
                shard,
                "Shard %s takes no writes (SQLSTATE %s): it is a standby now, which may be behind, or was set to read only."
                        .formatted(shard, state(failure)),
                "Nothing was written. Repeat the call once the shard has a primary, or take what sets it to read only away; keys on other shards are not affected.",
                failure);
    }

    private ShardUnavailableException lost(Throwable failure) {
        return ShardUnavailableException.lost(
                shard,
                "Shard %s: the connection was lost before the commit (SQLSTATE %s).".formatted(shard, state(failure)),
                "Nothing was written. Repeat the call once the shard answers; keys on other shards are not affected.",
                failure);
    }

    private OutcomeUnknownException unknown(Throwable failure) {
        return new OutcomeUnknownException("""
                Shard %s: the commit was sent and no answer came (SQLSTATE %s). The work was done once, or not \
                at all. Repeat it with the same operation id, or read what is there, to find out.""".formatted(shard, state(failure)), failure);
    }

    private SqlFailedException denied(Throwable failure) {
        String sentence = dialect.sentence(FailureKind.first(failure).orElseThrow());
        if (sentence.contains("row-level security")) {
            return new SqlFailedException("""
                    Shard %s: its database user may not see all rows (%s), and what is hidden from it would be left out. Nothing \
                    was written. Let a superuser run ALTER ROLE … BYPASSRLS for it, or do it as a role that has that.""".formatted(shard, sentence), failure);
        }
        return new SqlFailedException("""
                Shard %s: its database user may not do this (%s). Nothing was written. Do it as the role that is meant \
                for it, or grant the right: see "Roles" in src/docs/operations.md.""".formatted(shard, sentence), failure);
    }

    private CorruptionException restored(Throwable failure) {
        return new CorruptionException("""
                Shard %s was restored from a dump, and nobody has compared it with the other shards since. Nothing was changed, and \
                nothing moves from it or to it. Run recover, which compares it, and says what to do if it contradicts them.""".formatted(shard), failure);
    }

    private RuntimeException asItIs(Throwable failure) {
        return failure instanceof RuntimeException unchecked ? unchecked : refusedOurs(failure, failure);
    }

    private SqlFailedException refusedOurs(Throwable failure, Throwable reason) {
        String state = state(failure);
        return refused("a statement of Ringshard's own", sentence(reason), remedy(state), failure);
    }

    /** What jOOQ threw is the caller's to handle. */
    private RuntimeException asCallersIs(Throwable failure) {
        if (failure instanceof RuntimeException unchecked) {
            return unchecked;
        }
        String state = state(failure);
        boolean isOfServer = state.startsWith("53") || state.startsWith("54") || state.equals("57014");
        return refused(
                "a statement", sentence(failure), isOfServer ? remedy(state) : "Correct the statement.", failure);
    }

    private SqlFailedException refused(String statement, String reason, String remedy, Throwable failure) {
        return new SqlFailedException("""
                Shard %s refused %s (SQLSTATE %s): %s. The transaction was rolled back; nothing was written. %s""".formatted(shard, statement, state(failure), reason, remedy), failure);
    }

    private static String sentence(Throwable reason) {
        return String.valueOf(reason.getMessage())
                .strip()
                .replaceAll("\\s*\\R\\s*", "; ")
                .replaceAll("[.;]+$", "");
    }

    private static String remedy(String state) {
        return switch (state) {
            case "53100" -> "Make room on the disk of its server, then do the same again.";
            case "53200" ->
                "Give its server more memory, or fewer connections, or room for more locks (max_locks_per_transaction), or this process more memory (java -Xmx), then do the same again.";
            case "53300" -> "Let its server take more connections, or make the pools smaller, then do the same again.";
            case "57014" ->
                "Somebody canceled it, or it took longer than its database user's statement_timeout allows: set that higher (ALTER ROLE … SET statement_timeout), then do the same again.";
            case "23505", "23P01" ->
                "A constraint that does not contain the key holds for the rows of one shard only: make the key a part of it, or change one of the two rows, then do the same again.";
            case "23502", "23514" ->
                "Its table does not take a row that stands in another shard's: correct that row, or the constraint on all shards (NOT VALID does not spare rows that move), then do the same again.";
            default ->
                state.startsWith("54")
                        ? "That is more than its database can do: make the row, or the statement, smaller, then do the same again."
                        : "See by 'config check' and 'plan' whether its tables are as they are configured, and in its server's log for the reason, then do the same again.";
        };
    }

    private static String state(Throwable failure) {
        return FailureKind.first(failure).map(SQLException::getSQLState).orElse("none");
    }
}
