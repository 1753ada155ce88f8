package dev.ringshard.cli.bank.csv;

import dev.ringshard.bank.Account;
import dev.ringshard.bank.AccountEntry;
import dev.ringshard.bank.AccountEntry.Kind;
import dev.ringshard.bank.Booking;
import dev.ringshard.bank.CustomerRepository;
import dev.ringshard.bank.OperationId;
import dev.ringshard.bank.Overdraft;
import dev.ringshard.bank.Posting;
import dev.ringshard.cli.bank.Amounts;
import dev.ringshard.failure.InvalidInputException;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Money that came in or, if negative, went out; what is booked already happened, so an account may go below zero.
 *
 * @param bookedOn the day; empty if the file has no such column, or nothing in it
 */
record TransactionLine(String key, Account account, BigDecimal amount, OperationId id, Optional<LocalDate> bookedOn)
        implements LoadLine {
    static final List<String> COLUMNS = List.of("operation_id", "customer_key", "account", "amount");
    private static final String DAY_COLUMN = "booked_on";
    private static final Pattern DAY = Pattern.compile("(?!0000)[0-9]{4}-[0-9]{2}-[0-9]{2}");

    /** @throws InvalidInputException if the line is malformed */
    static TransactionLine of(CsvLine line) {
        BigDecimal amount = Amounts.parse(line.get("amount"), "amount");
        if (amount.signum() == 0) {
            throw new InvalidInputException("amount is zero");
        }
        return new TransactionLine(
                line.get("customer_key"),
                account(line, "account"),
                amount,
                new OperationId(line.get("operation_id")),
                line.find(DAY_COLUMN).filter(day -> !day.isEmpty()).map(TransactionLine::day));
    }

    private static LocalDate day(String text) {
        try {
            if (DAY.matcher(text).matches()) {
                return LocalDate.parse(text);
            }
        } catch (DateTimeParseException noSuchDay) {
            throw noDay(noSuchDay);
        }
        throw noDay(null);
    }

    private static InvalidInputException noDay(@Nullable Throwable cause) {
        return new InvalidInputException(DAY_COLUMN + " is no day such as 1993-01-31", cause);
    }

    /** @throws InvalidInputException if the column names no account */
    static Account account(CsvLine line, String column) {
        String name = line.get(column);
        return Arrays.stream(Account.values())
                .filter(account -> account.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new InvalidInputException(column + " is none of "
                        + Arrays.stream(Account.values()).map(Account::name).collect(Collectors.joining(", "))));
    }

    @Override
    public void check(StrictCheck check) {
        if (!check.wouldCreate(key)) {
            requireFits(check.customers());
        }
        if (!check.books(this)) {
            throw usedBefore();
        }
    }

    /** With what is stored. */
    private void requireFits(CustomerRepository customers) {
        Optional<AccountEntry> earlier = customers.findEntry(key, id);
        if (earlier.isPresent() && !isSame(earlier.get())) {
            throw usedBefore();
        }
        if (earlier.isEmpty() && customers.find(key).isEmpty()) {
            throw new InvalidInputException("There is no customer " + key);
        }
    }

    private boolean isSame(AccountEntry entry) {
        Kind kind = amount.signum() > 0 ? Kind.DEPOSIT : Kind.WITHDRAWAL;
        return entry.kind() == kind
                && entry.account() == account
                && entry.bookedOn().equals(bookedOn)
                && entry.amount().compareTo(amount) == 0;
    }

    private InvalidInputException usedBefore() {
        return new InvalidInputException("Operation id %s was used before for another operation".formatted(id));
    }

    @Override
    public Outcome apply(CustomerRepository customers) {
        Posting posting = bookedOn.isPresent()
                ? customers.book(new Booking(key, account, amount, id, bookedOn.get()))
                : withoutDay(customers);
        return posting instanceof Posting.AlreadyApplied ? Outcome.ALREADY_APPLIED : Outcome.APPLIED;
    }

    private Posting withoutDay(CustomerRepository customers) {
        return amount.signum() > 0
                ? customers.deposit(key, account, amount, id)
                : customers.withdraw(key, account, amount.negate(), id, Overdraft.ALLOWED);
    }
}
