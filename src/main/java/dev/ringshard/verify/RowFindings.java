package dev.ringshard.verify;

/**
 * What is wrong with rows.
 *
 * @param misplaced rows outside of what their shard owns
 * @param wrongTokens rows whose token is not their key's
 * @param duplicated keys on more than one shard
 * @param brokenForeignKeys rows whose foreign key points to a row of another token, or to none
 */
public record RowFindings(
        Occurrences<MisplacedRow> misplaced,
        Occurrences<WrongToken> wrongTokens,
        Occurrences<SharedKey> duplicated,
        Occurrences<BrokenForeignKey> brokenForeignKeys) {

    boolean areNone() {
        return misplaced.isNone() && wrongTokens.isNone() && duplicated.isNone() && brokenForeignKeys.isNone();
    }
}
