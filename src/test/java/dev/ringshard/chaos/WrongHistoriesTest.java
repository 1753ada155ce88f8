package dev.ringshard.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.chaos.Books.Book;
import dev.ringshard.chaos.Operation.Total;
import dev.ringshard.chaos.Outcome.AlreadyApplied;
import dev.ringshard.chaos.Outcome.Applied;
import dev.ringshard.chaos.Outcome.Insufficient;
import dev.ringshard.chaos.Outcome.Refused;
import dev.ringshard.chaos.Outcome.Summed;
import dev.ringshard.chaos.Outcome.Unknown;
import dev.ringshard.chaos.Outcome.Wrong;
import dev.ringshard.chaos.Violation.Kind;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Histories in which something is wrong: the check must find it. */
class WrongHistoriesTest extends HistoryByHand {
    @Test
    void an_acknowledged_write_that_is_not_stored_was_lost() {
        post(0, 1, "a", 500, new Applied(100_500));

        assertThat(kinds()).containsExactly(Kind.LOST);
    }

    @Test
    void a_write_that_was_found_to_be_applied_and_is_not_stored_was_lost() {
        post(0, 1, "a", 500, new Unknown("lost"));
        post(2, 3, "a", 500, new AlreadyApplied(100_500));

        assertThat(kinds()).containsExactly(Kind.LOST);
    }

    @Test
    void two_entries_of_one_write_are_one_too_many() {
        post(0, 1, "a", 500, new Applied(100_500));
        wrote("a", 500);
        wrote("a", 500);

        assertThat(kinds()).contains(Kind.APPLIED_TWICE);
    }

    @Test
    void two_entries_of_a_write_of_unknown_outcome_are_one_too_many() {
        post(0, 1, "a", 500, new Unknown("lost"));
        wrote("a", 500);
        wrote("a", 500);

        assertThat(kinds()).containsExactly(Kind.APPLIED_TWICE);
    }

    @Test
    void only_one_attempt_can_be_the_one_that_applied_it() {
        post(0, 1, "a", 500, new Applied(100_500));
        post(2, 3, "a", 500, new Applied(100_500));
        wrote("a", 500);

        assertThat(kinds()).containsExactly(Kind.APPLIED_TWICE);
    }

    @Test
    void a_refused_write_must_not_be_stored() {
        post(0, 1, "a", 500, new Refused("down"));
        wrote("a", 500);

        assertThat(kinds()).containsExactly(Kind.OUT_OF_NOWHERE);
    }

    @Test
    void an_entry_that_nobody_asked_for_is_found() {
        wrote("a", 500);

        assertThat(kinds()).containsExactly(Kind.OUT_OF_NOWHERE);
    }

    @Test
    void an_entry_of_another_amount_than_was_asked_for_is_found() {
        post(0, 1, "a", 500, new Unknown("lost"));
        wrote("a", 501);

        assertThat(kinds()).containsExactly(Kind.OUT_OF_NOWHERE);
    }

    @Test
    void a_read_that_misses_an_acknowledged_write_is_stale() {
        post(0, 1, "a", 500, new Applied(100_500));
        read(2, 3, 1, 100_000);
        wrote("a", 500);

        assertThat(kinds()).containsExactly(Kind.STALE);
    }

    @Test
    void a_read_that_misses_a_write_that_was_found_to_be_applied_is_stale() {
        post(0, 1, "a", 500, new Unknown("lost"));
        post(2, 3, "a", 500, new AlreadyApplied(100_500));
        read(4, 5, 1, 100_000);
        wrote("a", 500);

        assertThat(kinds()).containsExactly(Kind.STALE);
    }

    @Test
    void a_read_must_not_go_back_behind_an_earlier_read() {
        post(0, 100, "a", 500, new Applied(100_500));
        read(1, 2, 2, 100_500);
        read(3, 4, 1, 100_000);
        wrote("a", 500);

        assertThat(kinds()).containsExactly(Kind.STALE);
    }

    @Test
    void a_read_must_not_see_a_write_before_it_began() {
        read(0, 1, 2, 100_500);
        post(2, 3, "a", 500, new Applied(100_500));
        wrote("a", 500);

        assertThat(kinds()).containsExactly(Kind.REORDERED);
    }

    @Test
    void a_write_of_unknown_outcome_has_no_effect_before_it_began_either() {
        read(0, 1, 2, 100_500);
        post(2, 3, "a", 500, new Unknown("lost"));
        wrote("a", 500);

        assertThat(kinds()).containsExactly(Kind.REORDERED);
    }

    @Test
    void writes_must_be_stored_in_the_order_of_real_time() {
        post(0, 1, "a", 500, new Applied(100_700));
        post(2, 3, "b", 200, new Applied(100_200));
        wrote("b", 200);
        wrote("a", 500);

        assertThat(kinds()).containsExactly(Kind.REORDERED);
    }

    @Test
    void a_balance_that_a_write_did_not_leave_is_a_wrong_answer() {
        post(0, 1, "a", 500, new Applied(100_501));
        wrote("a", 500);

        assertThat(kinds()).containsExactly(Kind.WRONG_ANSWER);
    }

    @Test
    void a_balance_that_a_customer_did_not_have_is_a_wrong_answer() {
        read(0, 1, 1, 100_001);

        assertThat(kinds()).containsExactly(Kind.WRONG_ANSWER);
    }

    @Test
    void a_version_that_there_never_was_is_a_wrong_answer() {
        read(0, 1, 2, 100_000);

        assertThat(kinds()).containsExactly(Kind.WRONG_ANSWER);
    }

    @Test
    void too_little_money_is_stale_once_there_was_enough() {
        post(0, 1, "in", 900, new Applied(100_900));
        post(2, 3, "out", -100_500, new Insufficient(100_000));
        wrote("in", 900);

        assertThat(kinds()).containsExactly(Kind.STALE);
    }

    @Test
    void too_little_money_is_no_answer_once_the_same_id_was_applied() {
        post(0, 1, "out", -60_000, new Applied(40_000));
        post(2, 3, "out", -60_000, new Insufficient(40_000));
        wrote("out", -60_000);

        assertThat(kinds()).containsExactly(Kind.STALE);
    }

    @Test
    void enough_money_is_never_too_little() {
        post(0, 1, "out", -100_000, new Insufficient(100_000));

        assertThat(kinds()).containsExactly(Kind.STALE);
    }

    @Test
    void a_total_that_misses_an_acknowledged_write_is_wrong() {
        post(0, 1, "a", 500, new Applied(100_500));
        total(2, 3, 100_000);
        wrote("a", 500);

        assertThat(kinds()).containsExactly(Kind.WRONG_TOTAL);
    }

    @Test
    void a_total_that_has_a_write_before_it_began_is_wrong() {
        total(0, 1, 100_500);
        post(2, 3, "a", 500, new Applied(100_500));
        wrote("a", 500);

        assertThat(kinds()).containsExactly(Kind.WRONG_TOTAL);
    }

    @Test
    void a_total_that_no_choice_of_what_is_under_way_explains_is_wrong() {
        post(0, 10, "a", 500, new Applied(100_500));
        total(1, 9, 100_499);
        wrote("a", 500);

        assertThat(kinds()).containsExactly(Kind.WRONG_TOTAL);
    }

    @Test
    void a_total_that_misses_a_customer_is_wrong() {
        history.add(new Invocation("client", 1, 0, 1, new Total(), new Summed(0, 0)));

        assertThat(kinds()).containsOnly(Kind.WRONG_TOTAL);
    }

    @Test
    void a_total_must_not_go_back_behind_a_read() {
        post(0, 100, "a", 500, new Applied(100_500));
        read(1, 2, 2, 100_500);
        total(3, 4, 100_000);
        wrote("a", 500);

        assertThat(kinds()).containsExactly(Kind.WRONG_TOTAL);
    }

    @Test
    void an_unexpected_failure_fails_the_check() {
        post(0, 1, "a", 500, new Wrong("a bug"));

        assertThat(kinds()).containsExactly(Kind.UNEXPECTED);
    }

    @Test
    void books_that_do_not_add_up_are_found() {
        wrote("a", 500);
        post(0, 1, "a", 500, new Applied(100_500));
        Book right = Books.book(KEY, OPENING, written);
        Book wrong = new Book(KEY, OPENING, right.entries(), right.version(), OPENING.holdings());

        assertThat(HistoryCheck.of(new History(history), Map.of(KEY, OPENING), new Books(Map.of(KEY, wrong))))
                .extracting(Violation::kind)
                .containsExactly(Kind.BOOKS_DO_NOT_ADD_UP);
    }

    @Test
    void customers_who_vanish_or_appear_are_found() {
        Books books = new Books(Map.of("other", Books.book("other", OPENING, List.of())));

        assertThat(HistoryCheck.of(new History(List.of()), Map.of(KEY, OPENING), books))
                .extracting(Violation::kind)
                .containsExactly(Kind.CUSTOMERS_DIFFER, Kind.CUSTOMERS_DIFFER);
    }

    @Test
    void a_violation_names_what_contradicts_what() {
        post(0, 1, "a", 500, new Applied(100_500));
        read(2, 3, 1, 100_000);
        wrote("a", 500);

        assertThat(check().get(0).text())
                .contains("client/2 (Read[key=c-1]")
                .contains("began after 1 writes were known to be done")
                .contains("client/1 (Post[key=c-1, account=SAVINGS, cents=500, id=a, isNoted=false, held=PT0S]");
    }
}
