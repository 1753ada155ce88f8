package dev.ringshard.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.bank.Account;
import dev.ringshard.chaos.Books.Entry;
import dev.ringshard.chaos.Books.Opening;
import dev.ringshard.chaos.Operation.Read;
import dev.ringshard.chaos.Operation.Total;
import dev.ringshard.chaos.Operation.Transfer;
import dev.ringshard.chaos.Outcome.AlreadyApplied;
import dev.ringshard.chaos.Outcome.Applied;
import dev.ringshard.chaos.Outcome.InTransit;
import dev.ringshard.chaos.Outcome.Insufficient;
import dev.ringshard.chaos.Outcome.Refunded;
import dev.ringshard.chaos.Outcome.Refused;
import dev.ringshard.chaos.Outcome.Seen;
import dev.ringshard.chaos.Outcome.Summed;
import dev.ringshard.chaos.Outcome.Unknown;
import dev.ringshard.chaos.Violation.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Histories of one transfer of 5.00 between two customers who began with 1,000.00 each, and what is stored after it. */
class TransferHistoriesTest {
    private static final Opening OPENING = new Opening(1, new Holdings(100_000, 0, 0));
    private static final Transfer TRANSFER =
            new Transfer("payer", Account.SAVINGS, "payee", Account.SAVINGS, 500, "op");

    private final List<Invocation> history = new ArrayList<>();
    private final List<Entry> ofPayer = new ArrayList<>();
    private final List<Entry> ofPayee = new ArrayList<>();

    private List<Kind> kinds() {
        Books books = new Books(
                Map.of("payer", Books.book("payer", OPENING, ofPayer), "payee", Books.book("payee", OPENING, ofPayee)));
        return HistoryCheck.of(new History(history), Map.of("payer", OPENING, "payee", OPENING), books).stream()
                .map(Violation::kind)
                .toList();
    }

    private void did(long called, long returned, Operation operation, Outcome outcome) {
        long until = outcome instanceof Unknown ? Invocation.NEVER : returned;
        history.add(new Invocation("client", history.size() + 1, called, until, operation, outcome));
    }

    private void transferred(long called, long returned, Outcome outcome) {
        did(called, returned, TRANSFER, outcome);
    }

    private void debited() {
        ofPayer.add(new Entry("op", 0, Account.SAVINGS, -500, 0));
    }

    private void credited() {
        ofPayee.add(new Entry("op", 0, Account.SAVINGS, 500, 0));
    }

    private void refunded() {
        ofPayer.add(new Entry("op#refund", 0, Account.SAVINGS, 500, 0));
    }

    private void read(long called, long returned, String key, long version, long savings) {
        did(called, returned, new Read(key), new Seen(version, new Holdings(savings, 0, 0)));
    }

    private void total(long called, long returned, long cents) {
        did(called, returned, new Total(), new Summed(2, cents));
    }

    @Test
    void a_transfer_that_is_answered_is_done_for_both() {
        transferred(0, 1, new Applied(99_500));
        transferred(2, 3, new AlreadyApplied(99_500));
        read(4, 5, "payer", 2, 99_500);
        read(6, 7, "payee", 2, 100_500);
        total(8, 9, 200_000);
        debited();
        credited();

        assertThat(kinds()).isEmpty();
    }

    @Test
    void money_on_its_way_has_left_and_may_arrive_late_and_is_in_every_total() {
        transferred(0, 1, new InTransit(99_500));
        read(2, 3, "payer", 2, 99_500);
        read(4, 5, "payee", 1, 100_000);
        total(6, 7, 200_000);
        transferred(8, 9, new AlreadyApplied(99_500));
        read(10, 11, "payee", 2, 100_500);
        debited();
        credited();

        assertThat(kinds()).isEmpty();
    }

    @Test
    void a_transfer_of_unknown_outcome_may_have_been_done_or_not() {
        transferred(0, 1, new Unknown("lost"));
        total(2, 3, 200_000);

        assertThat(kinds()).isEmpty();

        debited();
        credited();

        assertThat(kinds()).isEmpty();
    }

    @Test
    void money_that_comes_back_is_right_if_the_answer_says_so() {
        transferred(0, 1, new InTransit(99_500));
        transferred(2, 3, new Refunded(100_000));
        total(4, 5, 200_000);
        debited();
        refunded();

        assertThat(kinds()).isEmpty();
    }

    @Test
    void too_little_money_leaves_both_as_they_are() {
        did(0, 1, new Transfer("payer", Account.CHECKING, "payee", Account.SAVINGS, 500, "op"), new Insufficient(0));

        assertThat(kinds()).isEmpty();
    }

    @Test
    void a_credit_that_is_lost_is_found_whatever_was_answered() {
        transferred(0, 1, new Unknown("lost"));
        debited();

        assertThat(kinds()).containsExactly(Kind.HALF_DONE);

        transferred(2, 3, new AlreadyApplied(99_500));

        assertThat(kinds()).contains(Kind.LOST, Kind.HALF_DONE);
    }

    @Test
    void a_credit_that_is_doubled_is_found() {
        transferred(0, 1, new Applied(99_500));
        debited();
        credited();
        credited();

        assertThat(kinds()).contains(Kind.APPLIED_TWICE, Kind.HALF_DONE);
    }

    @Test
    void a_refund_beside_a_credit_is_found() {
        transferred(0, 1, new Unknown("lost"));
        debited();
        credited();
        refunded();

        assertThat(kinds()).containsExactly(Kind.HALF_DONE);
    }

    @Test
    void a_refund_that_was_answered_and_a_credit_are_found() {
        transferred(0, 1, new Refunded(100_000));
        debited();
        credited();

        assertThat(kinds()).contains(Kind.LOST, Kind.OUT_OF_NOWHERE);
    }

    @Test
    void a_credit_without_a_debit_is_found() {
        transferred(0, 1, new Unknown("lost"));
        credited();

        assertThat(kinds()).containsExactly(Kind.HALF_DONE);
    }

    @Test
    void a_transfer_that_was_refused_must_not_be_stored() {
        transferred(0, 1, new Refused("down"));
        debited();
        credited();

        assertThat(kinds()).containsExactlyInAnyOrder(Kind.OUT_OF_NOWHERE, Kind.OUT_OF_NOWHERE);
    }

    @Test
    void a_payee_who_has_not_got_what_was_answered_is_stale() {
        transferred(0, 1, new Applied(99_500));
        read(2, 3, "payee", 1, 100_000);
        debited();
        credited();

        assertThat(kinds()).containsExactly(Kind.STALE);
    }

    @Test
    void a_total_that_misses_money_on_its_way_is_wrong() {
        transferred(0, 10, new Applied(99_500));
        total(1, 9, 199_500);
        debited();
        credited();

        assertThat(kinds()).containsExactly(Kind.WRONG_TOTAL);
    }

    @Test
    void a_total_that_has_money_twice_is_wrong() {
        transferred(0, 1, new InTransit(99_500));
        total(2, 9, 200_500);
        debited();
        credited();

        assertThat(kinds()).containsExactly(Kind.WRONG_TOTAL);
    }
}
