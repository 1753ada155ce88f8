package dev.ringshard.cli.bank.csv;

import java.io.Closeable;
import java.util.Optional;
import java.util.function.Supplier;

/** What is to be loaded, line after line. For one thread. */
interface LoadInput extends Closeable {

    /**
     * A record that may be malformed, most often of one line.
     *
     * @param file where it is from
     * @param number of the line where it begins, counted from 1
     * @param last number of the line where it ends
     * @param parsed throws {@link dev.ringshard.failure.InvalidInputException} if it is malformed
     */
    record Item(LoadKind kind, String file, long number, long last, Supplier<LoadLine> parsed) {}

    /** The next line; empty at the end. */
    Optional<Item> next();

    /** How much of all was read, 0 to 1; 0 if that cannot be known. */
    double fraction();

    @Override
    void close();
}
