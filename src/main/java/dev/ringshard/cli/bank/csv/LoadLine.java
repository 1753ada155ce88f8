package dev.ringshard.cli.bank.csv;

import dev.ringshard.bank.CustomerRepository;

/** A line of a file that is well-formed, and what is to be done for it. Doing it again changes nothing. */
sealed interface LoadLine permits CustomerLine, TransactionLine {

    /** What came of a line. */
    enum Outcome {
        CREATED,
        ALREADY_THERE,
        APPLIED,
        ALREADY_APPLIED,
        /** Looked at, and would not be refused. */
        CHECKED
    }

    /** The key of its customer: lines of one customer are loaded in the order of the file. */
    String key();

    /**
     * Finds out what would come of {@link #apply}, and changes nothing.
     *
     * @throws dev.ringshard.failure.InvalidInputException if the line would be refused
     */
    void check(StrictCheck check);

    /** Does what the line asks for. */
    Outcome apply(CustomerRepository customers);
}
