package dev.ringshard.bank;

import java.math.BigDecimal;

/** What came of a deposit, a withdrawal or a transfer. The last two are answers to a transfer between customers only. */
public sealed interface Posting {

    /**
     * The balance of the account named first, right after the operation; of {@link InsufficientFunds}, the balance that
     * did not suffice.
     */
    BigDecimal balance();

    /** It was applied now. */
    record Applied(BigDecimal balance) implements Posting {}

    /** An operation with this id was applied before; nothing was changed now. */
    record AlreadyApplied(BigDecimal balance) implements Posting {}

    /** The account holds less than was to be taken; nothing was changed. The operation id is still free. */
    record InsufficientFunds(BigDecimal balance) implements Posting {}

    /**
     * The money was taken and has not arrived, because the payee lives on another shard, which did not answer in time. It arrives, once,
     * as soon as that shard answers, or comes back if the payee is not there; to repeat the transfer tells which.
     */
    record InTransit(BigDecimal balance) implements Posting {}

    /**
     * The money was taken, could not be added to the payee's account, and was given back: there is no such payee, or their balance
     * would have too many digits, or they have used the operation's id. The payer has an entry for each of the two. That is so wherever
     * the two live, because they may live elsewhere when the transfer is repeated, and the answer should be the same.
     */
    record Refunded(BigDecimal balance) implements Posting {}
}
