package dev.ringshard.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.chaos.Outcome.AlreadyApplied;
import dev.ringshard.chaos.Outcome.Applied;
import dev.ringshard.chaos.Outcome.Insufficient;
import dev.ringshard.chaos.Outcome.Refused;
import dev.ringshard.chaos.Outcome.Unknown;
import org.junit.jupiter.api.Test;

/** Histories in which nothing is wrong: the check must find nothing. */
class RightHistoriesTest extends HistoryByHand {
    @Test
    void nothing_happened_and_nothing_is_stored() {
        assertThat(check()).isEmpty();
    }

    @Test
    void operations_one_after_the_other_are_right() {
        post(0, 1, "a", 500, new Applied(100_500));
        read(2, 3, 2, 100_500);
        post(4, 5, "b", -200, new Applied(100_300));
        read(6, 7, 3, 100_300);
        total(8, 9, 100_300);
        wrote("a", 500);
        wrote("b", -200);

        assertThat(check()).isEmpty();
    }

    @Test
    void overlapping_writes_may_stand_in_either_order() {
        post(0, 10, "a", 500, new Applied(100_700));
        post(5, 15, "b", 200, new Applied(100_200));
        wrote("b", 200);
        wrote("a", 500);

        assertThat(check()).isEmpty();
    }

    @Test
    void what_only_touches_counts_as_overlapping() {
        post(0, 10, "a", 500, new Applied(100_700));
        post(10, 20, "b", 200, new Applied(100_200));
        wrote("b", 200);
        wrote("a", 500);

        assertThat(check()).isEmpty();
    }

    @Test
    void a_read_may_or_may_not_see_a_write_that_is_under_way() {
        post(0, 10, "a", 500, new Applied(100_500));
        read(1, 9, 1, 100_000);
        read(1, 9, 2, 100_500);
        wrote("a", 500);

        assertThat(check()).isEmpty();
    }

    @Test
    void an_unknown_outcome_may_take_effect_at_once_or_late_or_never() {
        post(0, 1, "at-once", 100, new Unknown("lost"));
        read(2, 3, 2, 100_100);
        post(4, 5, "never", 200, new Unknown("lost"));
        post(6, 7, "late", 300, new Unknown("lost"));
        read(8, 9, 2, 100_100);
        read(10, 11, 3, 100_400);
        wrote("at-once", 100);
        wrote("late", 300);

        assertThat(check()).isEmpty();
    }

    @Test
    void a_repetition_finds_out_what_became_of_a_lost_answer() {
        post(0, 1, "done", 100, new Unknown("lost"));
        post(2, 3, "done", 100, new AlreadyApplied(100_100));
        post(4, 5, "not-done", 200, new Unknown("lost"));
        post(6, 7, "not-done", 200, new Refused("down"));
        post(8, 9, "not-done", 200, new Applied(100_300));
        wrote("done", 100);
        wrote("not-done", 200);

        assertThat(check()).isEmpty();
    }

    @Test
    void too_little_money_is_right_while_there_was_too_little() {
        post(0, 20, "early", -100_500, new Insufficient(100_000));
        post(5, 10, "in", 900, new Applied(100_900));
        post(30, 40, "early", -100_500, new Applied(400));
        wrote("in", 900);
        wrote("early", -100_500);

        assertThat(check()).isEmpty();
    }

    @Test
    void a_read_over_all_shards_may_see_any_part_of_what_is_under_way() {
        post(0, 10, "a", 500, new Applied(100_500));
        post(0, 10, "b", -200, new Applied(100_300));
        total(1, 9, 100_000);
        total(1, 9, 100_500);
        total(1, 9, 100_300);
        total(20, 30, 100_300);
        wrote("a", 500);
        wrote("b", -200);

        assertThat(check()).isEmpty();
    }
}
