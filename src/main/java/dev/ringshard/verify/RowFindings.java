package dev.ringshard.verify;

/**
 * What is wrong with rows.
 *
 * @param misplaced rows outside of what their shard owns
 * @param wrongTokens rows whose token is not their key's
 * @param duplicated customers on more than one shard
 * @param unbalanced customers whose balances are not the sums of their entries
 */
public record RowFindings(
        Found<MisplacedRow> misplaced,
        Found<WrongToken> wrongTokens,
        Found<SharedKey> duplicated,
        Found<Unbalanced> unbalanced) {

    boolean areNone() {
        return misplaced.isNone() && wrongTokens.isNone() && duplicated.isNone() && unbalanced.isNone();
    }
}
