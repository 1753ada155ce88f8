package dev.ringshard.cli.bank.csv;

import dev.ringshard.cli.bank.SampleCustomers;
import java.util.Optional;

/** A number of made-up customers, in the order of their numbers. */
final class GeneratedInput implements LoadInput {
    private final SampleCustomers customers;
    private final int count;
    private int given;

    GeneratedInput(SampleCustomers customers, int count) {
        this.customers = customers;
        this.count = count;
    }

    @Override
    public Optional<Item> next() {
        if (given == count) {
            return Optional.empty();
        }
        int number = given++;
        return Optional.of(new Item(
                LoadKind.CUSTOMERS,
                "generated customers",
                given,
                given,
                () -> new CustomerLine(customers.customer(number))));
    }

    @Override
    public double fraction() {
        return (double) given / count;
    }

    @Override
    public void close() {
        // nothing is open
    }
}
