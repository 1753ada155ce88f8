package dev.ringshard.cli.bank.csv;

import dev.ringshard.bank.AccountEntry;
import dev.ringshard.bank.AccountEntry.Kind;
import dev.ringshard.bank.AccountRef;
import dev.ringshard.bank.CustomerRepository;
import dev.ringshard.bank.OperationId;
import dev.ringshard.bank.Posting;
import dev.ringshard.cli.bank.Amounts;
import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.failure.OutcomeUnknownException;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;

/** Money that goes from an account to another one, of one customer or of two; never below zero. */
record TransferLine(AccountRef from, AccountRef to, BigDecimal amount, OperationId id) implements LoadLine {
    static final List<String> COLUMNS =
            List.of("operation_id", "customer_key", "account", "to_customer_key", "to_account", "amount");

    /** @throws InvalidInputException if the line is malformed */
    static TransferLine of(CsvLine line) {
        AccountRef from = new AccountRef(line.get("customer_key"), TransactionLine.account(line, "account"));
        AccountRef to = new AccountRef(line.get("to_customer_key"), TransactionLine.account(line, "to_account"));
        BigDecimal amount = Amounts.parse(line.get("amount"), "amount");
        if (amount.signum() <= 0) {
            throw new InvalidInputException("amount is not above zero");
        }
        if (from.equals(to)) {
            throw new InvalidInputException("both accounts are the same");
        }
        return new TransferLine(from, to, amount, new OperationId(line.get("operation_id")));
    }

    @Override
    public String key() {
        return from.key();
    }

    @Override
    public List<String> keys() {
        return List.of(from.key(), to.key());
    }

    /** Whether there will be enough money, only the transfer itself finds out. */
    @Override
    public void check(StrictCheck check) {
        Optional<AccountEntry> earlier = stored(check, from.key());
        Optional<AccountEntry> received = from.key().equals(to.key()) ? Optional.empty() : stored(check, to.key());
        if ((earlier.isPresent() && !isSame(earlier.get(), from, amount.negate()))
                || (received.isPresent() && !isSame(received.get(), to, amount))
                || (earlier.isEmpty() && received.isPresent())
                || !check.transfers(this)) {
            throw new InvalidInputException("Operation id %s was used before for another operation".formatted(id));
        }
        if (earlier.isEmpty()) {
            keys().forEach(key -> requireThere(check, key));
        }
    }

    private Optional<AccountEntry> stored(StrictCheck check, String key) {
        return check.wouldCreate(key) ? Optional.empty() : check.customers().findEntry(key, id);
    }

    private static boolean isSame(AccountEntry entry, AccountRef account, BigDecimal amount) {
        return entry.kind() == Kind.TRANSFER
                && entry.account() == account.account()
                && entry.amount().compareTo(amount) == 0;
    }

    private static void requireThere(StrictCheck check, String key) {
        if (!check.wouldCreate(key) && check.customers().find(key).isEmpty()) {
            throw new InvalidInputException("There is no customer " + key);
        }
    }

    @Override
    public Outcome apply(CustomerRepository customers) {
        Posting posting = customers.transfer(from, to, amount, id);
        if (posting instanceof Posting.InsufficientFunds) {
            throw new InvalidInputException("The account holds less than is to be transferred");
        } else if (posting instanceof Posting.Refunded) {
            throw new InvalidInputException(
                    "Customer %s could not be paid, and the money was given back".formatted(to.key()));
        } else if (posting instanceof Posting.InTransit) {
            throw new OutcomeUnknownException(
                    "The money of transfer %s of customer %s has left and not arrived. It arrives once, as soon as both shards answer. Repeat the load, which finds out."
                            .formatted(id, from.key()));
        }
        return posting instanceof Posting.AlreadyApplied ? Outcome.TRANSFERRED_BEFORE : Outcome.TRANSFERRED;
    }
}
