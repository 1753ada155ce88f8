package dev.ringshard.bench;

import dev.ringshard.bank.Account;
import dev.ringshard.bank.Balances;
import dev.ringshard.bank.CustomerRepository;
import dev.ringshard.bank.NewCustomer;
import dev.ringshard.bank.OperationId;
import dev.ringshard.failure.SqlFailedException;
import java.math.BigDecimal;
import java.util.List;
import java.util.stream.IntStream;

/** What an application calls. */
final class RingshardContender implements Contender {
    static final Balances OPENING = new Balances("100.00", "0.00", "0.00");
    static final BigDecimal UNIT = new BigDecimal("1.00");

    private static final int TOGETHER = 1_000;

    private final CustomerRepository customers;
    private final RunKeys keys;
    private final String[] first;

    /** @param first the keys of the stored customers */
    RingshardContender(CustomerRepository customers, RunKeys keys, String[] first) {
        this.customers = customers;
        this.keys = keys;
        this.first = first;
    }

    @Override
    public String name() {
        return "Ringshard";
    }

    /** Creates the customers of the beginning. */
    void fill(BenchProgress progress) {
        RunKeys.parts(first.length, TOGETHER).forEach(from -> {
            int to = Math.min(first.length, from + TOGETHER);
            List<NewCustomer> part = IntStream.range(from, to)
                    .mapToObj(number -> customer(first[number], number))
                    .toList();
            customers.createAll(part);
            progress.tell("creating customers", to, (double) to / first.length);
        });
    }

    static NewCustomer customer(String key, long number) {
        return new NewCustomer(key, "Bench", lastName(number), OPENING);
    }

    static String lastName(long number) {
        return "Customer " + number % 1_000;
    }

    @Override
    public void read(int customer) {
        if (customers.find(first[customer]).isEmpty()) {
            throw new SqlFailedException(
                    "Customer %s of the benchmark is gone. Nothing was measured. Let nobody delete while it runs."
                            .formatted(first[customer]));
        }
    }

    @Override
    public void deposit(int customer, String operationId) {
        customers.deposit(first[customer], Account.SAVINGS, UNIT, new OperationId(operationId));
    }

    @Override
    public void insert(long number) {
        customers.create(customer(keys.inserted(number), number));
    }
}
