package dev.ringshard.cli.bank.demo;

import dev.ringshard.bank.Account;
import dev.ringshard.bank.AccountRef;
import dev.ringshard.bank.CustomerRepository;
import dev.ringshard.bank.OperationId;
import dev.ringshard.bank.Posting;
import dev.ringshard.cli.bank.SampleCustomers;
import java.math.BigDecimal;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * One movement of money in the demo.
 *
 * @param from the account named first: the one that a deposit goes to
 * @param to of a transfer, most often of a customer of another shard; otherwise not used
 */
record DemoOperation(Kind kind, String key, Account from, AccountRef to, BigDecimal amount, OperationId id) {

    /** What customers of a bank do. */
    enum Kind {
        DEPOSIT,
        WITHDRAWAL,
        TRANSFER
    }

    private static final List<Account> ACCOUNTS = List.of(Account.values());
    private static final List<Account> EVERYDAY = List.of(Account.SAVINGS, Account.CHECKING);

    /** The operation with a number, for one of the first {@code created} customers; the same number of the same customers is always the same operation. */
    static DemoOperation of(SampleCustomers customers, int number, int created) {
        RandomGenerator random = SampleCustomers.random(~customers.seed(), number);
        Account from = SampleCustomers.any(random, EVERYDAY);
        Account to = SampleCustomers.any(
                random, ACCOUNTS.stream().filter(account -> account != from).toList());
        return new DemoOperation(
                kind(random.nextInt(10)),
                customers.key(random.nextInt(created)),
                from,
                new AccountRef(customers.key(random.nextInt(created)), to),
                SampleCustomers.amount(random, 1_500),
                new OperationId("demo-" + number));
    }

    private static Kind kind(int outOfTen) {
        if (outOfTen < 4) {
            return Kind.DEPOSIT;
        }
        return outOfTen < 8 ? Kind.WITHDRAWAL : Kind.TRANSFER;
    }

    Posting apply(CustomerRepository customers) {
        return switch (kind) {
            case DEPOSIT -> customers.deposit(key, from, amount, id);
            case WITHDRAWAL -> customers.withdraw(key, from, amount, id);
            case TRANSFER -> customers.transfer(new AccountRef(key, from), to, amount, id);
        };
    }
}
