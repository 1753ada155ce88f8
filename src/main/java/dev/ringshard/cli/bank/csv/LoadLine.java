package dev.ringshard.cli.bank.csv;

import dev.ringshard.bank.CustomerRepository;
import java.util.List;

/** A line of a file that is well-formed, and what is to be done for it. Doing it again changes nothing. */
sealed interface LoadLine permits CustomerLine, TransactionLine, TransferLine {

    /** What came of a line. */
    enum Outcome {
        CREATED,
        ALREADY_THERE,
        APPLIED,
        ALREADY_APPLIED,
        TRANSFERRED,
        TRANSFERRED_BEFORE,
        /** Looked at, and would not be refused. */
        CHECKED
    }

    /** The key of its customer; of a transfer, of who pays. */
    String key();

    /** The keys of all its customers: lines of one customer are loaded in the order of the file. */
    default List<String> keys() {
        return List.of(key());
    }

    /**
     * Finds out what would come of {@link #apply}, and changes nothing.
     *
     * @throws dev.ringshard.failure.InvalidInputException if the line would be refused
     */
    void check(StrictCheck check);

    /** Does what the line asks for. */
    Outcome apply(CustomerRepository customers);
}
