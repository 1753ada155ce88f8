package dev.ringshard.verify;

/**
 * What is wrong with rows.
 *
 * @param misplaced rows outside of what their shard owns
 * @param wrongTokens rows whose token is not their key's
 * @param duplicated keys on more than one shard
 * @param brokenReferences rows whose foreign key points to a row of another token, or to none
 */
public record RowFindings(
        Found<MisplacedRow> misplaced,
        Found<WrongToken> wrongTokens,
        Found<SharedKey> duplicated,
        Found<BrokenReference> brokenReferences) {

    boolean areNone() {
        return misplaced.isNone() && wrongTokens.isNone() && duplicated.isNone() && brokenReferences.isNone();
    }
}
