package dev.ringshard.bench;

import java.sql.SQLException;

/**
 * One way to do the work that is measured. All ways do the same for the same numbers, and are called by many threads.
 * Customers have numbers from 0; their keys are the {@link RunKeys} of the run.
 */
interface Contender {
    /** The name under which its figures are shown. */
    String name();

    /** Reads all columns of a stored customer into an object. */
    void read(int customer) throws SQLException;

    /** Adds one unit to an account of a stored customer: balance and entry, in one transaction. */
    void deposit(int customer, String operationId) throws SQLException;

    /** Creates a new customer, with one opening entry, in one transaction. */
    void insert(long number) throws SQLException;
}
