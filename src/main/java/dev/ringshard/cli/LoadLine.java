package dev.ringshard.cli;

import dev.ringshard.customers.CustomerRepository;

/** A line of a file that is well-formed, and what is to be done for it. Doing it again changes nothing. */
sealed interface LoadLine permits CustomerLine, TransactionLine {

    /** What came of a line. */
    enum Outcome {
        CREATED,
        ALREADY_THERE,
        APPLIED,
        ALREADY_APPLIED
    }

    /** The customer whom it concerns: lines of one customer are done in the order of the file. */
    String key();

    /** Does what the line asks for. */
    Outcome apply(CustomerRepository customers);
}
