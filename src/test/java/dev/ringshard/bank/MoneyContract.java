package dev.ringshard.bank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.config.DatabaseKind;
import dev.ringshard.failure.InvalidInputException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Deposits, withdrawals and the statement of an account. */
abstract class MoneyContract extends CustomersContract {
    private static final String MOST = "99999999999999999.99";

    MoneyContract(DatabaseKind... kinds) {
        super(kinds);
    }

    @ParameterizedTest
    @EnumSource
    void deposits_and_withdrawals_change_one_account_only(Account account) {
        customers.create(new NewCustomer("one", "Ada", "Lovelace", new Balances("100", "100", "100")));

        assertThat(customers.deposit("one", account, money("10.50"), id("in")))
                .isEqualTo(new Posting.Applied(money("110.50")));
        assertThat(customers.withdraw("one", account, money("0.51"), id("out")))
                .isEqualTo(new Posting.Applied(money("109.99")));

        assertThat(balance("one", account)).isEqualTo(money("109.99"));
        assertThat(found("one").balances().total()).isEqualTo(money("309.99"));
    }

    @Test
    void amounts_have_two_decimals_however_they_are_written() {
        customerWith("0", "scale");

        List<Posting> postings = List.of(
                customers.deposit("scale", Account.CHECKING, money("1E+2"), id("1")),
                customers.deposit("scale", Account.CHECKING, money("0.1"), id("2")),
                customers.deposit("scale", Account.CHECKING, money("5"), id("3")),
                customers.deposit("scale", Account.CHECKING, money("7.5000000"), id("4")),
                customers.withdraw("scale", Account.CHECKING, money("2.6"), id("5")));

        assertThat(postings)
                .extracting(posting -> posting.balance().toString())
                .containsExactly("100.00", "100.10", "105.10", "112.60", "110.00");
        assertThat(balance("scale", Account.CHECKING)).hasToString("110.00");
        assertThat(customers.entries("scale", 10))
                .extracting(entry -> entry.amount() + " -> " + entry.balanceAfter())
                .containsExactly(
                        "-2.60 -> 110.00", "7.50 -> 112.60", "5.00 -> 105.10", "0.10 -> 100.10", "100.00 -> 100.00");
    }

    @ParameterizedTest
    @ValueSource(strings = {"100.001", "0.005", "0.001", "0.00999", "1E-3", "99999999999999999.991"})
    void an_amount_that_needs_more_than_two_decimals_is_refused_and_never_rounded(String amount) {
        customerWith("500", "exact");
        assertRefusedEverywhere(amount, "two decimals", "exact");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "0.00", "0E+5", "-0.01", "-1", "-1E+10"})
    void an_amount_that_is_not_above_zero_is_refused(String amount) {
        customerWith("500", "positive");
        assertRefusedEverywhere(amount, "above zero", "positive");
    }

    @ParameterizedTest
    @ValueSource(strings = {"100000000000000000", "1E+17", "1E+100", "-1E+17", "123456789012345678901234567890.12"})
    void an_amount_with_more_than_17_digits_before_the_point_is_refused(String amount) {
        customerWith("500", "digits");
        assertRefusedEverywhere(amount, "17 digits", "digits");
    }

    /** Written out, these have up to two thousand million digits. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "1E+100000000",
                "-1E+100000000",
                "1E-100000000",
                "1E+2147483647",
                "-7E-2147483647",
                "123456789E+1000000000",
                "0E-2147483647"
            })
    void an_amount_with_an_absurd_exponent_is_refused_at_once(String amount) {
        customerWith("500", "absurd");
        Assertions.assertTimeoutPreemptively(
                Duration.ofSeconds(10), () -> assertRefusedEverywhere(amount, "Nothing was written", "absurd"));
    }

    private void assertRefusedEverywhere(String amount, String said, String key) {
        BigDecimal value = money(amount);
        assertRefused(
                InvalidInputException.class,
                said,
                () -> customers.deposit(key, Account.CHECKING, value, id("op")),
                key);
        assertRefused(
                InvalidInputException.class,
                said,
                () -> customers.withdraw(key, Account.CHECKING, value, id("op"), Overdraft.ALLOWED),
                key);
        assertRefused(
                InvalidInputException.class,
                said,
                () -> customers.transfer(
                        new AccountRef(key, Account.CHECKING), new AccountRef(key, Account.SAVINGS), value, id("op")),
                key);
    }

    @ParameterizedTest
    @ValueSource(strings = {"100.001", "1E+17", "-1E+17", "1E+100000000", "", "ten", "1,00", "NaN"})
    void an_opening_balance_that_cannot_be_one_is_refused(String amount) {
        assertThatThrownBy(() -> new Balances("0", amount, "0"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("checking");
    }

    @Test
    void the_largest_amount_and_the_largest_balances_fit() {
        customerWith("0", "large");

        assertThat(customers.deposit("large", Account.SAVINGS, money(MOST), id("in")))
                .isEqualTo(new Posting.Applied(money(MOST)));
        assertThat(customers.withdraw("large", Account.CHECKING, money(MOST), id("out"), Overdraft.ALLOWED))
                .isEqualTo(new Posting.Applied(money("-" + MOST)));
        customers.create(new NewCustomer("larger", "Ada", "Lovelace", new Balances(MOST, MOST, MOST)));

        assertThat(customers.totals().savings()).isEqualTo(money("199999999999999999.98"));
        assertThat(customers.totals().money()).isEqualTo(money("299999999999999999.97"));
    }

    @Test
    void a_balance_that_would_have_too_many_digits_is_refused() {
        customers.create(new NewCustomer("full", "Ada", "Lovelace", new Balances(MOST, "-" + MOST, "0.01")));

        assertRefused(
                InvalidInputException.class,
                "17 digits",
                () -> customers.deposit("full", Account.SAVINGS, money("0.01"), id("op")),
                "full");
        assertRefused(
                InvalidInputException.class,
                "17 digits",
                () -> customers.withdraw("full", Account.CHECKING, money("0.01"), id("op"), Overdraft.ALLOWED),
                "full");
        assertRefused(
                InvalidInputException.class,
                "17 digits",
                () -> customers.deposit("full", Account.RETIREMENT_401K, money(MOST), id("op")),
                "full");
        assertThat(customers.withdraw("full", Account.SAVINGS, money("0.01"), id("op")))
                .isEqualTo(new Posting.Applied(money("99999999999999999.98")));
    }

    @Test
    void a_repeated_deposit_changes_nothing_and_answers_with_its_own_balance() {
        customerWith("0", "repeat");
        customers.deposit("repeat", Account.CHECKING, money("10"), id("first"));
        customers.deposit("repeat", Account.CHECKING, money("5"), id("second"));

        Everything before = everything("repeat");

        assertThat(customers.deposit("repeat", Account.CHECKING, money("10.0"), id("first")))
                .isEqualTo(new Posting.AlreadyApplied(money("10.00")));
        assertThat(customers.deposit("repeat", Account.CHECKING, money("5"), id("second")))
                .isEqualTo(new Posting.AlreadyApplied(money("15.00")));
        assertThat(everything("repeat")).isEqualTo(before);
    }

    @Test
    void a_repeated_withdrawal_is_recognised_even_if_the_money_would_no_longer_suffice() {
        customerWith("10", "spent");
        customers.withdraw("spent", Account.CHECKING, money("8"), id("first"));

        assertThat(customers.withdraw("spent", Account.CHECKING, money("8"), id("first")))
                .isEqualTo(new Posting.AlreadyApplied(money("2.00")));
        assertThat(balance("spent", Account.CHECKING)).isEqualTo(money("2.00"));
    }

    @Test
    void a_repeated_deposit_is_recognised_even_if_the_balance_would_no_longer_fit() {
        customerWith(MOST, "brim");
        customers.deposit("brim", Account.SAVINGS, money(MOST), id("first"));

        assertThat(customers.deposit("brim", Account.SAVINGS, money(MOST), id("first")))
                .isEqualTo(new Posting.AlreadyApplied(money(MOST)));
    }

    @Test
    void an_operation_id_used_for_something_else_is_refused() {
        customerWith("100", "reuse");
        customers.deposit("reuse", Account.CHECKING, money("10"), id("op"));

        assertRefused(
                InvalidInputException.class,
                "used before",
                () -> customers.deposit("reuse", Account.CHECKING, money("11"), id("op")),
                "reuse");
        assertRefused(
                InvalidInputException.class,
                "used before",
                () -> customers.deposit("reuse", Account.SAVINGS, money("10"), id("op")),
                "reuse");
        assertRefused(
                InvalidInputException.class,
                "used before",
                () -> customers.withdraw("reuse", Account.CHECKING, money("10"), id("op")),
                "reuse");
        assertRefused(
                InvalidInputException.class,
                "used before",
                () -> customers.withdraw("reuse", Account.CHECKING, money("1000"), id("op")),
                "reuse");
    }

    @Test
    void operation_ids_belong_to_one_customer() {
        customerWith("0", "this");
        customerWith("0", "that");

        assertThat(customers.deposit("this", Account.CHECKING, money("1"), id("op")))
                .isInstanceOf(Posting.Applied.class);
        assertThat(customers.deposit("that", Account.CHECKING, money("2"), id("op")))
                .isInstanceOf(Posting.Applied.class);
    }

    @Test
    void operation_ids_differ_by_case() {
        customerWith("0", "case");

        assertThat(customers.deposit("case", Account.CHECKING, money("1"), id("op")))
                .isEqualTo(new Posting.Applied(money("1.00")));
        assertThat(customers.deposit("case", Account.CHECKING, money("1"), id("OP")))
                .isEqualTo(new Posting.Applied(money("2.00")));
    }

    @Test
    void too_little_money_is_an_answer_and_the_operation_id_stays_free() {
        customerWith("10", "poor");
        Everything before = everything("poor");

        assertThat(customers.withdraw("poor", Account.CHECKING, money("10.01"), id("op")))
                .isEqualTo(new Posting.InsufficientFunds(money("10.00")));
        assertThat(everything("poor")).isEqualTo(before);

        customers.deposit("poor", Account.CHECKING, money("0.01"), id("more"));
        assertThat(customers.withdraw("poor", Account.CHECKING, money("10.01"), id("op")))
                .isEqualTo(new Posting.Applied(money("0.00")));
    }

    @Test
    void an_account_is_not_paid_from_another() {
        customers.create(new NewCustomer("apart", "Ada", "Lovelace", new Balances("1000", "1", "1000")));

        assertThat(customers.withdraw("apart", Account.CHECKING, money("2"), id("op")))
                .isEqualTo(new Posting.InsufficientFunds(money("1.00")));
    }

    @Test
    void an_account_goes_below_zero_only_where_that_is_allowed() {
        customerWith("1", "below");

        assertThat(customers.withdraw("below", Account.CHECKING, money("3"), id("1"), Overdraft.REFUSED))
                .isEqualTo(new Posting.InsufficientFunds(money("1.00")));
        assertThat(customers.withdraw("below", Account.CHECKING, money("3"), id("2"), Overdraft.ALLOWED))
                .isEqualTo(new Posting.Applied(money("-2.00")));
        assertThat(customers.withdraw("below", Account.CHECKING, money("0.01"), id("3")))
                .isEqualTo(new Posting.InsufficientFunds(money("-2.00")));
    }

    @Test
    void an_overdrawn_account_takes_a_deposit_that_leaves_it_below_zero() {
        customerWith("-100", "overdrawn");

        assertThat(customers.deposit("overdrawn", Account.CHECKING, money("40"), id("1")))
                .isEqualTo(new Posting.Applied(money("-60.00")));
        assertThat(customers.deposit("overdrawn", Account.CHECKING, money("60"), id("2")))
                .isEqualTo(new Posting.Applied(money("0.00")));
    }

    @Test
    void a_booking_keeps_its_day_and_is_applied_once_for_it() {
        customerWith("0", "booked");
        LocalDate day = LocalDate.of(1993, 1, 31);
        Booking booking = new Booking("booked", Account.CHECKING, money("-7.5"), id("1"), day);

        assertThat(customers.book(booking)).isEqualTo(new Posting.Applied(money("-7.50")));
        assertThat(customers.book(booking)).isEqualTo(new Posting.AlreadyApplied(money("-7.50")));
        assertThat(customers.deposit("booked", Account.CHECKING, money("1"), id("2")))
                .isEqualTo(new Posting.Applied(money("-6.50")));

        assertThat(customers.entries("booked", 10))
                .extracting(AccountEntry::bookedOn)
                .containsExactly(Optional.empty(), Optional.of(day));
        Booking nextDay = new Booking("booked", Account.CHECKING, money("-7.5"), id("1"), day.plusDays(1));
        assertRefused(InvalidInputException.class, "used before", () -> customers.book(nextDay));
        assertRefused(
                InvalidInputException.class,
                "used before",
                () -> customers.withdraw("booked", Account.CHECKING, money("7.5"), id("1"), Overdraft.ALLOWED));
        assertRefused(
                CustomerNotFoundException.class,
                "nobody",
                () -> customers.book(new Booking("nobody", Account.CHECKING, money("1"), id("1"), day)));
    }

    @Test
    void money_of_a_customer_who_is_not_there_says_so() {
        assertRefused(
                CustomerNotFoundException.class,
                "nobody",
                () -> customers.deposit("nobody", Account.CHECKING, money("1"), id("op")));
        assertRefused(
                CustomerNotFoundException.class,
                "nobody",
                () -> customers.withdraw("nobody", Account.CHECKING, money("1"), id("op")));
    }

    @Test
    void the_statement_is_newest_first_and_can_be_read_in_pages() {
        customerWith("0", "statement");
        for (int i = 1; i <= 25; i++) {
            customers.deposit("statement", List.of(Account.values()).get(i % 3), money(i + ".00"), id("op-" + i));
            if (i % 10 == 0) {
                customers.update(found("statement").withName("Ada", "Name " + i)); // must not disturb the order
            }
        }

        List<AccountEntry> all = customers.entries("statement", 10_000);
        List<AccountEntry> paged = new ArrayList<>(customers.entries("statement", 10));
        List<AccountEntry> page = paged;
        while (!page.isEmpty()) {
            page = customers.entriesBefore(
                    "statement", paged.get(paged.size() - 1).number(), 10);
            paged.addAll(List.copyOf(page));
        }

        assertThat(all).extracting(AccountEntry::operationId).startsWith("op-25", "op-24", "op-23");
        assertThat(all).hasSize(25).extracting(AccountEntry::operationId).endsWith("op-2", "op-1");
        assertThat(paged).isEqualTo(all);
        assertThat(customers.entries("statement", 1)).isEqualTo(all.subList(0, 1));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 10_001, Integer.MIN_VALUE, Integer.MAX_VALUE})
    void a_statement_of_no_or_too_many_entries_is_refused(int limit) {
        customerWith("1", "limits");
        assertRefused(InvalidInputException.class, "10000", () -> customers.entries("limits", limit));
    }
}
