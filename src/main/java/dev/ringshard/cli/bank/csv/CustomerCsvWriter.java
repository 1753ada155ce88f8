package dev.ringshard.cli.bank.csv;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import dev.ringshard.bank.Balances;
import dev.ringshard.bank.Customer;
import java.io.Flushable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Writes customers as a CSV file that {@link CsvFile} reads back to the letter. For one thread. */
final class CustomerCsvWriter implements Flushable {
    private final CsvWriter lines;

    /** Writes the header. */
    CustomerCsvWriter(OutputStream target) {
        lines = CsvWriter.builder().lineDelimiter(LineDelimiter.LF).build(target, StandardCharsets.UTF_8);
        lines.writeRecord(CustomerLine.COLUMNS);
    }

    /** Writes one customer. */
    void write(Customer customer) {
        Balances balances = customer.balances();
        lines.writeRecord(
                customer.key(),
                customer.firstName(),
                customer.lastName(),
                balances.savings().toPlainString(),
                balances.checking().toPlainString(),
                balances.retirement401k().toPlainString());
    }

    @Override
    public void flush() throws IOException {
        lines.flush();
    }
}
