package dev.ringshard.cli.bank.csv;

import java.util.List;

/** What a file can hold. */
enum LoadKind {
    CUSTOMERS,
    TRANSACTIONS,
    TRANSFERS;

    /** The columns that its header must have; others are ignored. */
    List<String> columns() {
        return switch (this) {
            case CUSTOMERS -> CustomerLine.COLUMNS;
            case TRANSACTIONS -> TransactionLine.COLUMNS;
            case TRANSFERS -> TransferLine.COLUMNS;
        };
    }

    /** @throws dev.ringshard.failure.InvalidInputException if the line is malformed */
    LoadLine parse(CsvLine line) {
        return switch (this) {
            case CUSTOMERS -> CustomerLine.of(line);
            case TRANSACTIONS -> TransactionLine.of(line);
            case TRANSFERS -> TransferLine.of(line);
        };
    }
}
