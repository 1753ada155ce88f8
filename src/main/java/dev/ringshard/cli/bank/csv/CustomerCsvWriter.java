package dev.ringshard.cli.bank.csv;

import dev.ringshard.bank.Balances;
import dev.ringshard.bank.Customer;
import java.io.BufferedWriter;
import java.io.Flushable;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/** Writes customers as a CSV file that {@link CsvFile} reads back to the letter. For one thread. */
final class CustomerCsvWriter implements Flushable {
    private final Writer lines;

    /** Writes the header. */
    CustomerCsvWriter(OutputStream target) throws IOException {
        lines = new BufferedWriter(new OutputStreamWriter(target, StandardCharsets.UTF_8));
        write(CustomerLine.COLUMNS);
    }

    /** Writes one customer. */
    void write(Customer customer) throws IOException {
        Balances balances = customer.balances();
        write(List.of(
                customer.key(),
                customer.firstName(),
                customer.lastName(),
                balances.savings().toPlainString(),
                balances.checking().toPlainString(),
                balances.retirement401k().toPlainString()));
    }

    private void write(List<String> fields) throws IOException {
        lines.write(fields.stream().map(CustomerCsvWriter::field).collect(Collectors.joining(",", "", "\n")));
    }

    private static String field(String value) {
        boolean needsQuotes = value.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
        return needsQuotes ? '"' + value.replace("\"", "\"\"") + '"' : value;
    }

    @Override
    public void flush() throws IOException {
        lines.flush();
    }
}
