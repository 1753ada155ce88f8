package dev.ringshard.bank;

import dev.ringshard.bank.AccountEntry.Kind;
import dev.ringshard.bank.Ledger.Leg;
import dev.ringshard.failure.ContentionException;
import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.failure.KeysOnDifferentShardsException;
import dev.ringshard.failure.NoOwnerException;
import dev.ringshard.failure.ShardUnavailableException;
import dev.ringshard.internal.shard.FailureKind;
import dev.ringshard.outbox.Delivery;
import dev.ringshard.outbox.Message;
import dev.ringshard.outbox.MessageHandler;
import dev.ringshard.outbox.Outbox;
import dev.ringshard.outbox.SentMessage;
import dev.ringshard.routing.KeyedTransaction;
import dev.ringshard.routing.Router;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Moves money between customers. On one shard it is one transaction. Between shards the payer's pays and sends a message, and the
 * payee's, which takes the message, is paid; if that cannot be, the payer gets the money back. Each of these is a transaction of one
 * customer, which also changes that customer's {@linkplain ClearingTable clearing} by the same amount: so a shard's balances and
 * clearings together are what they were, whenever they are read.
 */
final class Transfers implements MessageHandler {
    static final String TOPIC = "ringshard.transfer";

    private final Router router;
    private final Outbox outbox;
    private final Ledger ledger;
    private final CustomerTable customerTable;
    private final EntryTable entryTable;
    private final ClearingTable clearingTable;
    private final TransferStatements statements;

    Transfers(
            Router router,
            Outbox outbox,
            Ledger ledger,
            CustomerTable customerTable,
            EntryTable entryTable,
            ClearingTable clearingTable,
            TransferStatements statements) {
        this.router = router;
        this.outbox = outbox;
        this.ledger = ledger;
        this.customerTable = customerTable;
        this.entryTable = entryTable;
        this.clearingTable = clearingTable;
        this.statements = statements;
    }

    /** Takes from one account and adds to another. */
    Posting transfer(AccountRef from, AccountRef to, BigDecimal amount, Overdraft overdraft, OperationId id) {
        Leg debit = leg(from, amount.negate(), id.value(), to);
        boolean isOneCustomer = from.key().equals(to.key());
        Leg credit = leg(to, amount, isOneCustomer ? OperationId.derived(id.value(), "to") : id.value(), from);
        if (isOneCustomer || isOnOneShard(from.key(), to.key())) {
            try {
                return onOneShard(debit, credit, overdraft);
            } catch (KeysOnDifferentShardsException parted) {
                // since they were looked up
            }
        }
        return betweenShards(debit, credit, overdraft);
    }

    private static Leg leg(AccountRef account, BigDecimal amount, String operationId, AccountRef counterparty) {
        return new Leg(
                account.key(),
                account.account(),
                amount,
                operationId,
                Kind.TRANSFER,
                Optional.empty(),
                Optional.of(counterparty));
    }

    /** As far as is known; either way is right wherever the two are. */
    private boolean isOnOneShard(String one, String other) {
        return router.locate(one).shard().equals(router.locate(other).shard());
    }

    private Posting onOneShard(Leg debit, Leg credit, Overdraft overdraft) {
        return moveAtOnce(debit, credit, overdraft).orElseGet(() -> router.transaction(
                        new TreeSet<>(List.of(debit.key(), credit.key())),
                        transaction -> onOneShard(transaction, debit, credit, overdraft))
                .orElseGet(() -> repeated(debit)));
    }

    /** Empty if nothing was moved, which the transaction in steps then explains or does. */
    private Optional<Posting> moveAtOnce(Leg debit, Leg credit, Overdraft overdraft) {
        if (debit.key().equals(credit.key())) {
            return Optional.empty();
        }
        return atOnce(() -> router
                .<Posting>query(
                        List.of(debit.key(), credit.key()),
                        statements.move(debit.account(), credit.account()),
                        row -> new Posting.Applied(row.getBigDecimal(1)),
                        debit.key(),
                        overdraft == Overdraft.ALLOWED,
                        debit.amount(),
                        credit.key(),
                        debit.amount(),
                        debit.key(),
                        credit.amount(),
                        credit.key(),
                        debit.operationId(),
                        debit.amount(),
                        credit.key(),
                        credit.operationId(),
                        credit.amount(),
                        debit.key())
                .stream()
                .findFirst());
    }

    /** Empty if the payer has paid before. */
    private Optional<Posting> onOneShard(KeyedTransaction transaction, Leg debit, Leg credit, Overdraft overdraft)
            throws SQLException {
        lockInOrder(transaction, debit.key(), credit.key());
        if (entryTable
                .find(transaction.connection(), debit.key(), debit.operationId())
                .isPresent()) {
            return Optional.empty();
        }
        Customer payer = ledger.lock(transaction, debit.key());
        if (Ledger.lacksMoney(payer, debit, overdraft)) {
            return Optional.of(new Posting.InsufficientFunds(payer.balances().of(debit.account())));
        }
        BigDecimal balance = ledger.apply(transaction, payer, debit);
        if (debit.key().equals(credit.key())) {
            ledger.apply(transaction, ledger.lock(transaction, credit.key()), credit);
            return Optional.of(new Posting.Applied(balance));
        }
        return Optional.of(
                isPaid(transaction, credit)
                        ? new Posting.Applied(balance)
                        : new Posting.Refunded(refund(transaction, debit)));
    }

    /** Always in the same order, so that two transfers in opposite directions cannot wait for each other. */
    private void lockInOrder(KeyedTransaction transaction, String one, String other) throws SQLException {
        for (String key : new TreeSet<>(List.of(one, other))) {
            customerTable.lock(transaction.connection(), key);
        }
    }

    /**
     * What the payer's transaction came to.
     *
     * @param sent the message to the payee; null if there is none, because nothing was paid
     */
    private record Paid(Posting posting, @Nullable SentMessage sent) {}

    private Posting betweenShards(Leg debit, Leg credit, Overdraft overdraft) {
        Optional<Paid> paid = payAtOnce(debit, credit, overdraft)
                .or(() -> router.transaction(debit.key(), transaction -> pay(transaction, debit, credit, overdraft)));
        if (paid.isEmpty()) {
            return repeated(debit);
        }
        SentMessage sent = paid.get().sent;
        Posting posting = paid.get().posting;
        return sent == null
                ? posting
                : switch (outbox.deliver(sent)) {
                    case ACCEPTED, UNKNOWN -> posting;
                    case REFUSED -> refunded(debit, posting);
                    case PENDING -> new Posting.InTransit(posting.balance());
                };
    }

    /** Where the refund cannot be read: what may be said, too, of money that was taken and is being given back. */
    private Posting refunded(Leg debit, Posting paid) {
        try {
            return refunded(debit);
        } catch (ShardUnavailableException | NoOwnerException | ContentionException notNow) {
            return new Posting.InTransit(paid.balance());
        }
    }

    /** Empty if nothing was paid, which {@link #pay} then explains or does. */
    private Optional<Paid> payAtOnce(Leg debit, Leg credit, Overdraft overdraft) {
        Message message = message(debit, credit);
        return atOnce(() -> router
                .query(
                        debit.key(),
                        statements.pay(debit.account()),
                        row -> new Paid(
                                new Posting.Applied(row.getBigDecimal(3)),
                                SentMessage.of(message, row.getLong(1), row.getObject(2, OffsetDateTime.class))),
                        debit.amount(),
                        debit.key(),
                        overdraft == Overdraft.ALLOWED,
                        debit.amount(),
                        debit.operationId(),
                        debit.amount(),
                        credit.key(),
                        credit.account().name(),
                        credit.amount(),
                        message.id(),
                        message.recipient(),
                        message.topic(),
                        message.payload())
                .stream()
                .findFirst());
    }

    private static <T> Optional<T> atOnce(Supplier<Optional<T>> statement) {
        try {
            return statement.get();
        } catch (InvalidInputException committed) {
            throw committed; // whatever its cause: it says what was done
        } catch (RuntimeException failure) {
            return switch (FailureKind.of(failure)) {
                case DUPLICATE, OUT_OF_RANGE -> Optional.empty();
                case NOT_OWNER, CONTENTION, DISCONNECTED, READ_ONLY, DENIED, RESTORED, OTHER -> throw failure;
            };
        }
    }

    @Override
    public boolean receiveAtOnce(Message message, OffsetDateTime until) {
        Payment payment = Payment.of(message.payload());
        return atOnce(() -> router
                        .query(
                                message.recipient(),
                                statements.receive(payment.to),
                                row -> row.getBoolean(1),
                                payment.amount,
                                message.recipient(),
                                until.toString(),
                                payment.operationId,
                                payment.amount,
                                message.sender(),
                                payment.from.name(),
                                payment.amount.negate(),
                                message.sender(),
                                message.id())
                        .stream()
                        .findFirst())
                .isPresent();
    }

    /** Only the payer's transaction of a transfer between shards: what its caller would be told if the payee were paid at once. */
    Posting pay(KeyedTransaction transaction, AccountRef from, AccountRef to, BigDecimal amount, OperationId id)
            throws SQLException {
        return pay(
                        transaction,
                        leg(from, amount.negate(), id.value(), to),
                        leg(to, amount, id.value(), from),
                        Overdraft.REFUSED)
                .orElseThrow()
                .posting;
    }

    /** Empty if the payer has paid before. */
    private Optional<Paid> pay(KeyedTransaction transaction, Leg debit, Leg credit, Overdraft overdraft)
            throws SQLException {
        Customer payer = ledger.lock(transaction, debit.key());
        if (entryTable
                .find(transaction.connection(), debit.key(), debit.operationId())
                .isPresent()) {
            return Optional.empty();
        }
        if (Ledger.lacksMoney(payer, debit, overdraft)) {
            return Optional.of(
                    new Paid(new Posting.InsufficientFunds(payer.balances().of(debit.account())), null));
        }
        BigDecimal balance = ledger.apply(transaction, payer, debit);
        clear(transaction, debit.key(), credit.amount());
        SentMessage sent = outbox.send(transaction, message(debit, credit), this);
        return Optional.of(new Paid(new Posting.Applied(balance), sent));
    }

    private void clear(KeyedTransaction transaction, String key, BigDecimal sent) throws SQLException {
        clearingTable.add(transaction.connection(), key, transaction.token(key), sent);
    }

    /**
     * INVARIANT: each has an id that nothing had before. That of its operation may have been used by a customer of this key that was
     * deleted since, or by a message of another topic; and what became of such a message is on record with the payee.
     */
    private static Message message(Leg debit, Leg credit) {
        return new Message(
                debit.key(),
                UUID.randomUUID().toString(),
                credit.key(),
                TOPIC,
                "%s %s %s %s"
                        .formatted(
                                debit.account(),
                                credit.account(),
                                credit.amount().setScale(2),
                                debit.operationId()));
    }

    /** What a message of {@link #message} says. */
    private record Payment(Account from, Account to, BigDecimal amount, String operationId) {
        static Payment of(String payload) {
            String[] words = payload.split(" ", 4);
            return new Payment(
                    Account.valueOf(words[0]), Account.valueOf(words[1]), new BigDecimal(words[2]), words[3]);
        }
    }

    /** What a customer has sent to others, and is not known to have arrived, in the order in which it was sent. */
    List<TransferInTransit> inTransit(String key) {
        return outbox.sent(key).stream()
                .filter(message -> message.topic().equals(TOPIC))
                .map(message -> {
                    Payment payment = Payment.of(message.payload());
                    return new TransferInTransit(
                            new OperationId(payment.operationId),
                            payment.from,
                            new AccountRef(message.recipient(), payment.to),
                            payment.amount);
                })
                .toList();
    }

    /** How much a message says is on its way. */
    static BigDecimal amount(String payload) {
        return Payment.of(payload).amount;
    }

    @Override
    public boolean receive(KeyedTransaction transaction, Message message) throws SQLException {
        Payment payment = Payment.of(message.payload());
        Leg credit = leg(
                new AccountRef(message.recipient(), payment.to),
                payment.amount,
                payment.operationId,
                new AccountRef(message.sender(), payment.from));
        boolean isPaid = isPaid(transaction, credit);
        if (isPaid) {
            clear(transaction, credit.key(), payment.amount.negate());
        }
        return isPaid;
    }

    /** Pays the payee; if that cannot be, nothing is written. */
    private boolean isPaid(KeyedTransaction transaction, Leg credit) throws SQLException {
        Optional<Customer> payee = customerTable.lock(transaction.connection(), credit.key());
        if (payee.isEmpty()
                || entryTable
                        .find(transaction.connection(), credit.key(), credit.operationId())
                        .isPresent()) {
            return false;
        }
        try {
            ledger.apply(transaction, payee.get(), credit);
        } catch (InvalidInputException tooManyDigits) {
            return false; // and nothing was written yet
        }
        return true;
    }

    @Override
    public void refused(KeyedTransaction transaction, Message message) throws SQLException {
        Payment payment = Payment.of(message.payload());
        refund(
                transaction,
                leg(
                        new AccountRef(message.sender(), payment.from),
                        payment.amount.negate(),
                        payment.operationId,
                        new AccountRef(message.recipient(), payment.to)));
        clear(transaction, message.sender(), payment.amount.negate());
    }

    /** The payer's balance with what was paid given back. */
    private BigDecimal refund(KeyedTransaction transaction, Leg debit) throws SQLException {
        return ledger.apply(
                transaction,
                ledger.lock(transaction, debit.key()),
                leg(
                        new AccountRef(debit.key(), debit.account()),
                        debit.amount().negate(),
                        refund(debit.operationId()),
                        debit.counterparty().orElseThrow()));
    }

    private static String refund(String operationId) {
        return OperationId.derived(operationId, "refund");
    }

    private Posting refunded(Leg debit) {
        return entry(debit.key(), refund(debit.operationId()))
                .<Posting>map(refund -> new Posting.Refunded(refund.balanceAfter()))
                .orElseThrow(() -> Ledger.notFound(debit.key()));
    }

    private Optional<AccountEntry> entry(String key, String operationId) {
        return router.read(key, entryTable.byOperation, key, operationId).stream()
                .findFirst();
    }

    /**
     * What a payer's entry and message say of a transfer that was begun before.
     *
     * @param debit empty if the customer was deleted since
     */
    private record Begun(Optional<AccountEntry> debit, Optional<AccountEntry> refund, Optional<Message> message) {}

    /** What became of a transfer that is repeated, wherever its two customers live by now; if it is on its way, it is brought to its end. */
    private Posting repeated(Leg debit) {
        Begun begun = router.transaction(
                debit.key(),
                transaction -> new Begun(
                        entryTable.find(transaction.connection(), debit.key(), debit.operationId()),
                        entryTable.find(transaction.connection(), debit.key(), refund(debit.operationId())),
                        outbox.sent(transaction, debit.key()).stream()
                                .filter(message -> message.topic().equals(TOPIC)
                                        && Payment.of(message.payload())
                                                .operationId
                                                .equals(debit.operationId()))
                                .findFirst()));
        AccountEntry paid = begun.debit.orElseThrow(() -> Ledger.notFound(debit.key()));
        Posting result = Ledger.alreadyApplied(paid, debit);
        if (begun.message.isPresent()) {
            return ended(outbox.deliver(debit.key(), begun.message.get().id()), result, debit);
        }
        // The payer's entry says with whom it was; the payee may have been deleted since, and created anew.
        return begun.refund
                .<Posting>map(refund -> new Posting.Refunded(refund.balanceAfter()))
                .orElse(result);
    }

    private Posting ended(Delivery delivery, Posting result, Leg debit) {
        return switch (delivery) {
            case ACCEPTED -> result;
            case REFUSED -> refunded(debit);
            case PENDING -> new Posting.InTransit(result.balance());
            case UNKNOWN -> repeated(debit); // another process has brought it to its end just now
        };
    }
}
