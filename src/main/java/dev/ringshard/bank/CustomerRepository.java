package dev.ringshard.bank;

import dev.ringshard.config.BankConfig;
import dev.ringshard.failure.ContentionException;
import dev.ringshard.failure.CorruptionException;
import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.failure.NoOwnerException;
import dev.ringshard.failure.OutcomeUnknownException;
import dev.ringshard.failure.ShardUnavailableException;
import dev.ringshard.failure.StaleVersionException;
import dev.ringshard.outbox.Outbox;
import dev.ringshard.routing.Router;
import dev.ringshard.scatter.Gathered;
import dev.ringshard.scatter.ScatterGather;
import dev.ringshard.scatter.ShardPart;
import dev.ringshard.verify.Audits;
import java.math.BigDecimal;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Customers and their money, wherever they live.
 *
 * <p>Amounts have two decimals; what needs more is refused, never rounded. A balance is the sum of its entries. Deposits,
 * withdrawals and transfers carry an {@link OperationId} and happen once, however often they are repeated.
 *
 * <p>A customer of whom a balance is no amount, such as PostgreSQL's NaN, cannot be read: what would have to read it throws
 * {@link CorruptionException}, which names the customer, and changes nothing of that customer. Totals are those of all others.
 *
 * <p>Thread-safe. Every method for one customer may throw {@link ShardUnavailableException}, {@link NoOwnerException}
 * and {@link ContentionException}, and nothing was written then; every method that writes may throw
 * {@link OutcomeUnknownException}. Methods over all customers read every shard, count each row exactly once, also while
 * rows move, and throw {@link ShardUnavailableException} if a shard does not answer.
 */
public final class CustomerRepository {
    private static final int LARGEST_PAGE = 10_000;

    private final Router router;
    private final ScatterGather scatter;
    private final BankConfig bank;
    private final CustomerTable customers;
    private final EntryTable entries;
    private final ClearingTable clearing;
    private final Outbox outbox;
    private final Ledger ledger;
    private final Transfers transfers;

    /** A repository on the shards that these reach, of the tables in the bank's schema. */
    public CustomerRepository(Router router, ScatterGather scatter, Outbox outbox, BankConfig bank) {
        BankTables tables = BankTables.of(bank);
        this.router = router;
        this.scatter = scatter;
        this.bank = bank;
        this.customers = new CustomerTable(tables);
        this.entries = new EntryTable(tables);
        this.clearing = new ClearingTable(tables);
        this.outbox = outbox;
        this.ledger = new Ledger(router, customers, entries, outbox);
        this.transfers =
                new Transfers(router, outbox, ledger, customers, entries, clearing, new TransferStatements(tables));
        if (bank.isOn()) {
            outbox.register(Transfers.TOPIC, transfers);
            outbox.addUp(Transfers.TOPIC, Transfers::amount);
        }
    }

    /**
     * Creates a customer. What the accounts are opened with becomes entries.
     *
     * @throws CustomerExistsException if the key is taken
     * @throws InvalidInputException if the key cannot be one
     */
    public void create(NewCustomer customer) {
        if (!ledger.open(customer)) {
            throw new CustomerExistsException(
                    "There is a customer %s already. Nothing was written. Choose another key, or update the customer."
                            .formatted(customer.key()));
        }
    }

    /**
     * Creates many customers, much faster than one by one on PostgreSQL: those of one shard in one statement. If it
     * fails, some may have been created, each whole; repeating it is safe.
     *
     * @param newCustomers at most 10,000, no two with the same key
     * @return the customers who were there already, by key; they stay as they are
     * @throws InvalidInputException if there are too many, a key cannot be one, or two are the same; nothing was written
     */
    public Map<String, Customer> createAll(Collection<NewCustomer> newCustomers) {
        long keys = newCustomers.stream()
                .map(NewCustomer::key)
                .distinct()
                .peek(router::token) // only to refuse what cannot be a key, before anything is written
                .count();
        if (keys < newCustomers.size() || keys > LARGEST_PAGE) {
            throw new InvalidInputException("""
                    At most %d customers, all with different keys, can be created together; %d with %d keys were \
                    given. Nothing was written. Give fewer, and each key once.""".formatted(LARGEST_PAGE, newCustomers.size(), keys));
        }
        return ledger.openAll(newCustomers);
    }

    /** The customer with this key; empty if there is none. Sees all that was acknowledged before. */
    public Optional<Customer> find(String key) {
        return router.read(key, customers.find, key).stream().findFirst();
    }

    /**
     * Stores a changed name, if nobody has changed the customer since the given value was read. Balances change by
     * deposits, withdrawals and transfers only; those of the value given are ignored.
     *
     * @return the new version
     * @throws StaleVersionException if another caller has
     * @throws CustomerNotFoundException if there is no such customer
     * @throws InvalidInputException if a name cannot be one
     */
    public long update(Customer changed) {
        NewCustomer.checkName(changed.firstName(), "first");
        NewCustomer.checkName(changed.lastName(), "last");
        int rows = router.update(
                changed.key(),
                customers.rename,
                changed.firstName(),
                changed.lastName(),
                changed.key(),
                changed.version());
        if (rows == 0) {
            Customer stored = find(changed.key()).orElseThrow(() -> Ledger.notFound(changed.key()));
            throw new StaleVersionException(
                    "Customer %s is at version %d; the change was made from version %d. Nothing was written. Read the customer again, and decide again."
                            .formatted(changed.key(), stored.version(), changed.version()));
        }
        return changed.version() + 1;
    }

    /**
     * Deletes a customer whose accounts are empty, with all entries. With the entries goes the memory of what was done: for a
     * customer who is created again under the same key, the operation ids of before are new.
     *
     * @return whether there was one
     * @throws InvalidInputException if an account is not empty: money does not vanish
     */
    public boolean delete(String key) {
        return ledger.close(key);
    }

    /**
     * Adds to an account.
     *
     * @param amount above zero
     * @return {@link Posting.Applied}, or {@link Posting.AlreadyApplied} if the id was used for this before
     * @throws CustomerNotFoundException if there is no such customer
     * @throws InvalidInputException for an amount that cannot be one, a balance with too many digits, or an id that was
     *     used for another operation
     */
    public Posting deposit(String key, Account account, BigDecimal amount, OperationId id) {
        return ledger.post(key, account, Money.positive(amount), Overdraft.ALLOWED, id);
    }

    /**
     * Books a movement that happened elsewhere, with its day; an account may go below zero.
     *
     * @return {@link Posting.Applied}, or {@link Posting.AlreadyApplied} if the id was used for this before
     * @throws CustomerNotFoundException if there is no such customer
     * @throws InvalidInputException for a balance with too many digits, or an id that was used for another operation, also
     *     the same one on another day
     */
    public Posting book(Booking booking) {
        return ledger.book(booking);
    }

    /** As {@link #withdraw(String, Account, BigDecimal, OperationId, Overdraft)}, never below zero. */
    public Posting withdraw(String key, Account account, BigDecimal amount, OperationId id) {
        return withdraw(key, account, amount, id, Overdraft.REFUSED);
    }

    /**
     * Takes from an account.
     *
     * @param amount above zero
     * @return as of {@link #deposit}; or {@link Posting.InsufficientFunds}, and nothing was changed
     * @throws CustomerNotFoundException if there is no such customer
     * @throws InvalidInputException as of {@link #deposit}
     */
    public Posting withdraw(String key, Account account, BigDecimal amount, OperationId id, Overdraft overdraft) {
        return ledger.post(key, account, Money.positive(amount).negate(), overdraft, id);
    }

    /** As {@link #transfer(AccountRef, AccountRef, BigDecimal, OperationId, Overdraft)}, never below zero. */
    public Posting transfer(AccountRef from, AccountRef to, BigDecimal amount, OperationId id) {
        return transfer(from, to, amount, id, Overdraft.REFUSED);
    }

    /**
     * Moves money between two accounts, of one customer or of two, wherever they live. On one shard it is one transaction. Between
     * two shards the money is {@linkplain Totals#inTransit in transit} for a moment: it has left the payer and not arrived. If this
     * process dies then, any other of the cluster brings it to its end within seconds, as does {@code recover}, or a repeated call.
     * Repeated with its operation id, it tells what became of it, wherever the two customers live by then.
     *
     * @param amount above zero
     * @return as of {@link #withdraw}, with the balance of the account that paid; between two customers also {@link Posting.Refunded}, if
     *     the payee cannot be paid, and between shards {@link Posting.InTransit}
     * @throws CustomerNotFoundException if there is no such payer; nothing was written
     * @throws InvalidInputException as of {@link #deposit}, and if both accounts are the same
     */
    public Posting transfer(AccountRef from, AccountRef to, BigDecimal amount, OperationId id, Overdraft overdraft) {
        if (from.equals(to)) {
            throw new InvalidInputException(
                    "A transfer needs two different accounts. Nothing was written. Correct one of them.");
        }
        return transfers.transfer(from, to, Money.positive(amount), overdraft, id);
    }

    /** What a message of a transfer says is on its way, by its payload; by topic, for who only watches a cluster. */
    public static Map<String, Function<String, BigDecimal>> transferAmounts() {
        return Map.of(Transfers.TOPIC, Transfers::amount);
    }

    /** What must hold of customers' rows: a balance is the sum of its entries; what is in transit between shards is what messages carry. */
    public Audits audits() {
        return new Audits(List.of(new BalanceAudit(bank)), List.of(new TransitAudit(scatter, outbox, clearing)));
    }

    /** For tests: the steps of a transfer between shards. */
    Transfers transfers() {
        return transfers;
    }

    /** The entry that an operation made on an account of a customer; empty if there was no such operation. */
    public Optional<AccountEntry> findEntry(String key, OperationId id) {
        return router.read(key, entries.byOperation, key, id.value()).stream().findFirst();
    }

    /** The newest entries of a customer, newest first; empty if there are none. */
    public List<AccountEntry> entries(String key, int limit) {
        return entriesBefore(key, Long.MAX_VALUE, limit);
    }

    /** As {@link #entries}, beginning before the entry of this number: the next page. */
    public List<AccountEntry> entriesBefore(String key, long number, int limit) {
        return router.read(key, entries.newest, key, number, pageSize(limit)).stream()
                .sorted(Comparator.comparingLong(AccountEntry::number).reversed())
                .toList();
    }

    /**
     * What a customer has sent to customers of other shards and is not known to have arrived, in the order in which it was sent. None
     * but for a moment, unless a shard does not answer.
     */
    public List<TransferInTransit> inTransit(String key) {
        return transfers.inTransit(key);
    }

    /** How many customers there are. */
    public long count() {
        return scatter.read(customers.count).values().stream()
                .flatMap(List::stream)
                .mapToLong(Long::longValue)
                .sum();
    }

    /** How many customers there are, what they hold together, and what is on its way between them. */
    public Totals totals() {
        return totalsByShard().values().stream().reduce(Totals.NOTHING, Totals::plus);
    }

    /** As {@link #totals}, for each shard. */
    public Gathered<Totals> totalsByShard() {
        return scatter.gather(this::totals);
    }

    /** As {@link #totalsByShard}, from the shards that answer; the result says which did not. */
    public Gathered<Totals> totalsOfAvailableShards() {
        return scatter.gatherFromAvailable(this::totals);
    }

    private Totals totals(ShardPart part) {
        return customers.totals(part).withInTransit(clearing.total(part));
    }

    /** How many entries there are, and what they add up to. Reads all entries. */
    public LedgerTotals ledgerTotals() {
        return scatter.gather(entries::totals).values().stream().reduce(LedgerTotals.NOTHING, LedgerTotals::plus);
    }

    /**
     * All customers with exactly this last name, by first name and key.
     *
     * @throws InvalidInputException if a name cannot be that
     */
    public List<Customer> findByLastName(String lastName) {
        NewCustomer.checkName(lastName, "last");
        return scatter.read(customers.withLastName, lastName).values().stream()
                .flatMap(List::stream)
                .sorted(CustomerOrder.BY_NAME)
                .toList();
    }

    /**
     * The first customers in the order of last name, first name and key.
     *
     * @param size 1 to 10,000
     */
    public CustomerPage page(int size) {
        return page(size, Optional.empty());
    }

    /**
     * The customers that follow a place, such as {@link CustomerPage#next()}.
     *
     * @throws InvalidInputException if the size is none, or the place's key cannot be one
     */
    public CustomerPage page(int size, CustomerPage.Cursor after) {
        router.token(after.key()); // only to refuse what cannot be a key: PostgreSQL would not even compare it
        return page(size, Optional.of(after));
    }

    private CustomerPage page(int size, Optional<CustomerPage.Cursor> after) {
        int oneMore = pageSize(size) + 1;
        List<Customer> found = after.map(place -> following(oneMore, place))
                .orElseGet(() -> scatter.first(oneMore, CustomerOrder.BY_NAME, customers.firstPage));
        if (found.size() < oneMore) {
            return new CustomerPage(found, Optional.empty());
        }
        List<Customer> page = found.subList(0, size);
        return new CustomerPage(page, Optional.of(CustomerPage.Cursor.after(page.get(size - 1))));
    }

    private List<Customer> following(int rows, CustomerPage.Cursor place) {
        return scatter.first(
                rows, CustomerOrder.BY_NAME, customers.nextPage, place.lastName(), place.firstName(), place.key());
    }

    private static int pageSize(int size) {
        if (size < 1 || size > LARGEST_PAGE) {
            throw new InvalidInputException(
                    "A page holds 1 to %d; %d was asked for. Nothing was read. Ask for several pages."
                            .formatted(LARGEST_PAGE, size));
        }
        return size;
    }

    /**
     * All customers, shard by shard, in no order, as of one moment per shard, in constant memory on PostgreSQL. The
     * stream must be closed: it keeps a connection of every shard.
     */
    public Stream<Customer> stream() {
        return scatter.snapshots().withoutTimeLimits().stream(customers::all);
    }

    /**
     * As {@link #stream}, in the order of the keys across all shards, by Unicode code point. H2 sorts its part before it
     * gives the first customer.
     */
    public Stream<Customer> streamInKeyOrder() {
        return streamInKeyOrder(unreadable -> {
            throw unreadable;
        });
    }

    /**
     * As {@link #streamInKeyOrder()}, going on after customers who cannot be read.
     *
     * @param unreadable told of each, which names the customer, when the stream passes it
     */
    public Stream<Customer> streamInKeyOrder(Consumer<CorruptionException> unreadable) {
        return scatter.snapshots()
                .withoutTimeLimits()
                .merged(customers::allByKey, CustomerOrder.BY_KEY)
                .peek(listed -> listed.unreadable().ifPresent(unreadable))
                .flatMap(listed -> listed.customer().stream());
    }
}
