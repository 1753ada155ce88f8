package dev.ringshard.cli.bank.csv;

import dev.ringshard.bank.CustomerRepository;
import dev.ringshard.bank.NewCustomer;
import java.time.LocalDate;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What lines need to know to say, before any is loaded, whether they would be refused: what is stored, and what the
 * lines before them would store. Of those it keeps 64-bit fingerprints, about 100 bytes for each line; two that are
 * alike by chance would refuse a sound line. Thread-safe.
 */
final class StrictCheck {
    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;
    private static final char BETWEEN = '\uFFFF';

    private final CustomerRepository customers;
    private final Map<Long, Long> contents = new ConcurrentHashMap<>();

    StrictCheck(CustomerRepository customers) {
        this.customers = customers;
    }

    /** What is stored. Only to be read. */
    CustomerRepository customers() {
        return customers;
    }

    /** Notes a customer who is not stored yet; false if an earlier line gave the key to another name. */
    boolean creates(NewCustomer customer) {
        return agrees(customerId(customer.key()), fingerprint(customer.firstName(), customer.lastName()));
    }

    /** Whether an earlier line would create the customer. */
    boolean wouldCreate(String key) {
        return contents.containsKey(customerId(key));
    }

    /** Notes an operation; false if an earlier line used its id for another one of the same customer. */
    boolean books(TransactionLine line) {
        return agrees(
                fingerprint("operation", line.key(), line.id().value()),
                fingerprint(
                        line.account().name(),
                        line.amount().toPlainString(),
                        line.bookedOn().map(LocalDate::toString).orElse("")));
    }

    /** As {@link #books}, of both customers of a transfer. */
    boolean transfers(TransferLine line) {
        String id = line.id().value();
        String amount = line.amount().toPlainString();
        boolean isNew = agrees(
                fingerprint("operation", line.from().key(), id),
                fingerprint(
                        "transfer",
                        line.from().account().name(),
                        line.to().key(),
                        line.to().account().name(),
                        amount));
        return isNew
                && (line.from().key().equals(line.to().key())
                        || agrees(
                                fingerprint("operation", line.to().key(), id),
                                fingerprint(
                                        "transferred",
                                        line.from().key(),
                                        line.to().account().name(),
                                        amount)));
    }

    private boolean agrees(long id, long content) {
        Long earlier = contents.putIfAbsent(id, content);
        return earlier == null || earlier == content;
    }

    private static long customerId(String key) {
        return fingerprint("customer", key);
    }

    /** FNV-1a over UTF-16 units. */
    private static long fingerprint(String... texts) {
        long hash = FNV_OFFSET;
        for (String text : texts) {
            for (int i = 0; i < text.length(); i++) {
                hash = (hash ^ text.charAt(i)) * FNV_PRIME;
            }
            hash = (hash ^ BETWEEN) * FNV_PRIME;
        }
        return hash;
    }
}
