package dev.ringshard.cli.bank.csv;

import java.io.Closeable;
import java.util.Optional;
import java.util.function.Supplier;

/** What is to be loaded, line after line. For one thread. */
interface LoadInput extends Closeable {

    /**
     * A line that may be malformed.
     *
     * @param file where it is from
     * @param number of the line, counted from 1
     * @param parsed throws {@link dev.ringshard.failure.InvalidInputException} if it is malformed
     */
    record Item(LoadKind kind, String file, long number, Supplier<LoadLine> parsed) {}

    /** The next line; empty at the end. */
    Optional<Item> next();

    /** How much of all was read, 0 to 1; 0 if that cannot be known. */
    double fraction();

    @Override
    void close();
}
