package dev.ringshard.cli.bank.csv;

import dev.ringshard.bank.Balances;
import dev.ringshard.bank.Customer;
import dev.ringshard.bank.CustomerExistsException;
import dev.ringshard.bank.CustomerRepository;
import dev.ringshard.bank.NewCustomer;
import dev.ringshard.cli.bank.Amounts;
import dev.ringshard.failure.InvalidInputException;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;

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

    private static BigDecimal balance(CsvLine line, String column) {
        return Amounts.parse(line.get(column), column);
    }

    @Override
    public String key() {
        return customer.key();
    }

    @Override
    public void check(StrictCheck check) {
        Optional<Customer> stored = check.customers().find(key());
        if (stored.isPresent()) {
            alreadyThere(stored.get());
        } else if (!check.creates(customer)) {
            throw otherName();
        }
    }

    @Override
    public Outcome apply(CustomerRepository customers) {
        try {
            customers.create(customer);
            return Outcome.CREATED;
        } catch (CustomerExistsException exists) {
            return alreadyThere(customers.find(key()).orElseThrow(() -> exists));
        }
    }

    /** @throws InvalidInputException if the stored customer has another name */
    Outcome alreadyThere(Customer stored) {
        if (!stored.firstName().equals(customer.firstName())
                || !stored.lastName().equals(customer.lastName())) {
            throw otherName();
        }
        return Outcome.ALREADY_THERE;
    }

    private InvalidInputException otherName() {
        return new InvalidInputException("customer %s is there already, under another name".formatted(key()));
    }
}
