package dev.ringshard.bank;

import dev.ringshard.bank.AccountEntry.Kind;
import dev.ringshard.bank.EntryTable.Draft;
import dev.ringshard.bank.EntryTable.Opened;
import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.failure.KeysOnDifferentShardsException;
import dev.ringshard.internal.shard.FailureKind;
import dev.ringshard.outbox.Outbox;
import dev.ringshard.routing.KeyedTransaction;
import dev.ringshard.routing.Router;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Moves money. A balance and the entry that explains it change in one transaction, and the entry's primary key
 * (customer, operation id) lets an operation happen once.
 *
 * <p>On PostgreSQL a deposit or withdrawal is one statement in one round trip. Only if that changes nothing does a
 * transaction of several statements find out why; on H2 it is the way for all.
 */
final class Ledger {
    private final Router router;
    private final CustomerTable customerTable;
    private final EntryTable entryTable;
    private final Outbox outbox;

    Ledger(Router router, CustomerTable customerTable, EntryTable entryTable, Outbox outbox) {
        this.router = router;
        this.customerTable = customerTable;
        this.entryTable = entryTable;
        this.outbox = outbox;
    }

    /**
     * One leg of a movement of money: what is added to which account of which customer, negative to take away.
     *
     * @param counterparty the account of the other leg, of a transfer
     */
    record Leg(
            String key,
            Account account,
            BigDecimal amount,
            String operationId,
            Kind kind,
            Optional<LocalDate> bookedOn,
            Optional<AccountRef> counterparty) {}

    Posting post(String key, Account account, BigDecimal amount, Overdraft overdraft, OperationId id) {
        return post(
                new Leg(key, account, amount, id.value(), kind(amount), Optional.empty(), Optional.empty()), overdraft);
    }

    /** What happened elsewhere is booked, whatever balance results. */
    Posting book(Booking booking) {
        Leg leg = new Leg(
                booking.key(),
                booking.account(),
                booking.amount(),
                booking.id().value(),
                kind(booking.amount()),
                Optional.of(booking.on()),
                Optional.empty());
        return post(leg, Overdraft.ALLOWED);
    }

    private static Kind kind(BigDecimal amount) {
        return amount.signum() > 0 ? Kind.DEPOSIT : Kind.WITHDRAWAL;
    }

    private Posting post(Leg leg, Overdraft overdraft) {
        List<BigDecimal> balance = postAtOnce(leg, overdraft);
        return balance.isEmpty() ? postInSteps(leg, overdraft) : new Posting.Applied(balance.get(0));
    }

    /** The new balance; empty if nothing was changed, which {@link #postInSteps} then explains or does. */
    private List<BigDecimal> postAtOnce(Leg leg, Overdraft overdraft) {
        boolean anyBalance = overdraft == Overdraft.ALLOWED || leg.amount.signum() > 0;
        try {
            return router.query(
                    leg.key,
                    entryTable.post(leg.account),
                    row -> row.getBigDecimal(1),
                    leg.amount,
                    leg.key,
                    anyBalance,
                    leg.amount,
                    leg.operationId,
                    leg.kind.name(),
                    leg.amount,
                    EntryTable.day(leg.bookedOn));
        } catch (InvalidInputException committed) {
            throw committed; // whatever its cause: it says what was done
        } catch (RuntimeException failure) {
            return switch (FailureKind.of(failure)) {
                case DUPLICATE, OUT_OF_RANGE -> List.of();
                case NOT_OWNER, CONTENTION, DISCONNECTED, READ_ONLY, DENIED, RESTORED, OTHER -> throw failure;
            };
        }
    }

    private Posting postInSteps(Leg leg, Overdraft overdraft) {
        return router.transaction(leg.key, transaction -> {
            Customer customer = lock(transaction, leg.key);
            Optional<AccountEntry> earlier = entryTable.find(transaction.connection(), leg.key, leg.operationId);
            if (earlier.isPresent()) {
                return alreadyApplied(earlier.get(), leg);
            }
            if (lacksMoney(customer, leg, overdraft)) {
                return new Posting.InsufficientFunds(customer.balances().of(leg.account));
            }
            return new Posting.Applied(apply(transaction, customer, leg));
        });
    }

    /** Creates a customer, with an entry for what each account is opened with; false if the key is taken. */
    boolean open(NewCustomer customer) {
        return openAtOnce(customer) || openInSteps(customer);
    }

    /** False if the key is taken, or one statement cannot do it all. */
    private boolean openAtOnce(NewCustomer customer) {
        List<String> created = router.query(
                customer.key(),
                entryTable.open(opened(customer)),
                row -> row.getString(1),
                customer.key(),
                customer.firstName(),
                customer.lastName(),
                customer.balances().savings(),
                customer.balances().checking(),
                customer.balances().retirement401k(),
                router.token(customer.key()),
                firstVersion(customer));
        return !created.isEmpty();
    }

    /** Creates customers whose keys differ; those who were there already, by key. */
    Map<String, Customer> openAll(Collection<NewCustomer> customers) {
        Map<String, List<NewCustomer>> byShard = customers.stream()
                .sorted(Comparator.comparing(NewCustomer::key)) // so that two at once cannot wait for each other
                .collect(Collectors.groupingBy(
                        customer -> router.locate(customer.key()).shard()));
        Map<String, Customer> stored = new HashMap<>();
        byShard.values().forEach(ofOneShard -> openTogether(ofOneShard, stored));
        return stored;
    }

    /**
     * In one statement, if the shard of the first owns them all, as it did a moment ago. One by one otherwise, and those
     * whom that statement did not decide.
     */
    private void openTogether(List<NewCustomer> customers, Map<String, Customer> stored) {
        Set<String> decided = new HashSet<>();
        for (Opened opened : openAtOnce(customers)) {
            opened.stored().ifPresent(customer -> stored.put(opened.key(), customer));
            if (opened.isCreated() || opened.stored().isPresent()) {
                decided.add(opened.key());
            }
        }
        for (NewCustomer customer : customers) {
            if (!decided.contains(customer.key()) && !open(customer)) {
                router.read(customer.key(), customerTable.find, customer.key())
                        .forEach(found -> stored.put(found.key(), found));
            }
        }
    }

    /** Empty if one statement cannot do it. */
    private List<Opened> openAtOnce(List<NewCustomer> customers) {
        try {
            return router.query(
                    customers.stream().map(NewCustomer::key).toList(),
                    entryTable.openAll,
                    Opened::read,
                    columns(customers));
        } catch (KeysOnDifferentShardsException oneHasMoved) {
            return List.of(); // and nothing was written
        }
    }

    private Object[] columns(List<NewCustomer> customers) {
        return new Object[] {
            texts(customers, NewCustomer::key),
            texts(customers, NewCustomer::firstName),
            texts(customers, NewCustomer::lastName),
            texts(customers, customer -> customer.balances().savings().toPlainString()),
            texts(customers, customer -> customer.balances().checking().toPlainString()),
            texts(customers, customer -> customer.balances().retirement401k().toPlainString()),
            customers.stream().map(customer -> router.token(customer.key())).toArray(Long[]::new),
            customers.stream().map(Ledger::firstVersion).toArray(Long[]::new)
        };
    }

    /** The number of the last entry that the accounts are opened with. */
    private static long firstVersion(NewCustomer customer) {
        return Math.max(1, opened(customer).size());
    }

    private static List<Account> opened(NewCustomer customer) {
        return Arrays.stream(Account.values())
                .filter(account -> customer.balances().of(account).signum() != 0)
                .toList();
    }

    private static String[] texts(List<NewCustomer> customers, Function<NewCustomer, String> text) {
        return customers.stream().map(text).toArray(String[]::new);
    }

    private boolean openInSteps(NewCustomer customer) {
        List<Account> opened = opened(customer);
        try {
            return router.transaction(customer.key(), transaction -> {
                long token = transaction.token(customer.key());
                customerTable.insert(transaction.dsl(), customer, token, firstVersion(customer));
                for (Account account : opened) {
                    BigDecimal amount = customer.balances().of(account);
                    String id = OperationId.derived("opening", account.name());
                    Draft entry = new Draft(
                            id,
                            opened.indexOf(account) + 1,
                            Kind.OPENING,
                            account,
                            amount,
                            amount,
                            Optional.empty(),
                            Optional.empty());
                    entryTable.insert(transaction.connection(), customer.key(), token, entry);
                }
                return true;
            });
        } catch (RuntimeException failure) {
            if (FailureKind.of(failure) == FailureKind.DUPLICATE) {
                return false;
            }
            throw failure;
        }
    }

    /** Deletes a customer who holds nothing; false if there is none. */
    boolean close(String key) {
        return router.transaction(key, transaction -> {
            Optional<Customer> customer = customerTable.lock(transaction.connection(), key);
            if (customer.isEmpty()) {
                return false;
            }
            requireEmpty(customer.get());
            requireNothingInTransit(transaction, key);
            entryTable.deleteAll(transaction.dsl(), key);
            customerTable.delete(transaction.dsl(), key);
            return true;
        });
    }

    private static void requireEmpty(Customer customer) {
        for (Account account : Account.values()) {
            if (customer.balances().of(account).signum() != 0) {
                throw new InvalidInputException(
                        "Customer %s still has a balance on %s. Nothing was deleted. Withdraw or transfer it first."
                                .formatted(customer.key(), account));
            }
        }
    }

    /** A transfer that is refused is refunded, which needs the payer's row. */
    private void requireNothingInTransit(KeyedTransaction transaction, String key) {
        if (outbox.hasSent(transaction, key)) {
            throw new InvalidInputException(
                    "Customer %s has money on its way to another shard, which may come back. Nothing was deleted. Try again once it has arrived, or run recover."
                            .formatted(key));
        }
    }

    Customer lock(KeyedTransaction transaction, String key) throws SQLException {
        return customerTable.lock(transaction.connection(), key).orElseThrow(() -> notFound(key));
    }

    static CustomerNotFoundException notFound(String key) {
        return new CustomerNotFoundException(
                "There is no customer %s. Nothing was written. Create the customer first, or correct the key."
                        .formatted(key));
    }

    static boolean lacksMoney(Customer customer, Leg leg, Overdraft overdraft) {
        return leg.amount.signum() < 0
                && overdraft == Overdraft.REFUSED
                && customer.balances().of(leg.account).add(leg.amount).signum() < 0;
    }

    BigDecimal apply(KeyedTransaction transaction, Customer customer, Leg leg) throws SQLException {
        BigDecimal balance =
                Money.exact(customer.balances().of(leg.account).add(leg.amount), "The balance that would result");
        customerTable.add(transaction.connection(), leg.key, leg.account, leg.amount);
        entryTable.insert(
                transaction.connection(),
                leg.key,
                transaction.token(leg.key),
                new Draft(
                        leg.operationId,
                        customer.version() + 1,
                        leg.kind,
                        leg.account,
                        leg.amount,
                        balance,
                        leg.bookedOn,
                        leg.counterparty));
        return balance;
    }

    static Posting alreadyApplied(AccountEntry earlier, Leg leg) {
        if (earlier.kind() != leg.kind
                || earlier.account() != leg.account
                || !earlier.bookedOn().equals(leg.bookedOn)
                || !earlier.counterparty().equals(leg.counterparty)
                || earlier.amount().compareTo(leg.amount) != 0) {
            throw reused(leg.operationId, null);
        }
        return new Posting.AlreadyApplied(earlier.balanceAfter());
    }

    static InvalidInputException reused(String operationId, @Nullable Throwable cause) {
        return new InvalidInputException(
                "Operation id %s was used before for another operation. Nothing was written. Give each operation an id of its own; repeat one only with the same accounts, amount and day."
                        .formatted(operationId),
                cause);
    }
}
