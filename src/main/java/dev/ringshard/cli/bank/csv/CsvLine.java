package dev.ringshard.cli.bank.csv;

import dev.ringshard.failure.InvalidInputException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One record of a CSV file.
 *
 * @param file the file's name
 * @param number of the line where it begins, counted from 1
 * @param last number of the line where it ends
 * @param columns where each column stands
 * @param fields as many as the header has; empty if {@code fault} is not
 * @param fault why the line cannot be read; empty if it can
 */
record CsvLine(String file, long number, long last, Map<String, Integer> columns, List<String> fields, String fault) {

    /** What stands in a column that the header must have. */
    String get(String column) {
        return find(column).orElseThrow(() -> new IllegalArgumentException("There is no column " + column));
    }

    /** What stands in a column; empty if the header does not have it. */
    Optional<String> find(String column) {
        if (!fault.isEmpty()) {
            throw new InvalidInputException(fault);
        }
        return Optional.ofNullable(columns.get(column)).map(fields::get);
    }
}
