package dev.ringshard.cli;

import dev.ringshard.customers.Balances;
import dev.ringshard.customers.Customer;
import dev.ringshard.customers.CustomerRepository;
import dev.ringshard.customers.NewCustomer;
import dev.ringshard.failure.CustomerExistsException;
import dev.ringshard.failure.InvalidInputException;
import java.util.List;

/** A customer to be created, unless there already. */
record CustomerLine(NewCustomer customer) implements LoadLine {
    static final List<String> COLUMNS =
            List.of("customer_key", "first_name", "last_name", "savings", "checking", "retirement_401k");

    /** @throws InvalidInputException if the line is malformed */
    static CustomerLine of(CsvLine line) {
        return new CustomerLine(new NewCustomer(
                line.get("customer_key"),
                line.get("first_name"),
                line.get("last_name"),
                new Balances(balance(line, "savings"), balance(line, "checking"), balance(line, "retirement_401k"))));
    }

    private static java.math.BigDecimal balance(CsvLine line, String column) {
        return Amounts.parse(line.get(column), column);
    }

    @Override
    public String key() {
        return customer.key();
    }

    @Override
    public Outcome apply(CustomerRepository customers) {
        try {
            customers.create(customer);
            return Outcome.CREATED;
        } catch (CustomerExistsException exists) {
            Customer stored = customers.find(key()).orElseThrow(() -> exists);
            if (stored.firstName().equals(customer.firstName())
                    && stored.lastName().equals(customer.lastName())) {
                return Outcome.ALREADY_THERE;
            }
            throw new InvalidInputException("customer %s is there already, under another name".formatted(key()));
        }
    }
}
