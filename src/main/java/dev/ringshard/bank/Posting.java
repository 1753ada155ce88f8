package dev.ringshard.bank;

import java.math.BigDecimal;

/** What came of a deposit, a withdrawal or a transfer. */
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
}
