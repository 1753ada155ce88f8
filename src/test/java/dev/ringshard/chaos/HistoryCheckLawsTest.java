package dev.ringshard.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.chaos.Books.Book;
import dev.ringshard.chaos.Operation.Post;
import dev.ringshard.chaos.Operation.Total;
import dev.ringshard.chaos.SimulatedBank.Past;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What holds of the check for every history, over many random ones. A failing case says its seed. */
@Tag("ci")
class HistoryCheckLawsTest {
    private static final int SEEDS = 300;

    @Test
    void every_valid_past_is_accepted() {
        for (long seed = 0; seed < SEEDS; seed++) {
            assertThat(past(seed).check()).as("seed %d", seed).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void every_valid_past_that_is_broken_in_one_place_is_rejected(Breakage breakage) {
        int broken = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            Optional<Past> past = breakage.of(past(seed), new SplittableRandom(-1 - seed));
            if (past.isPresent()) {
                broken++;
                assertThat(past.get().check()).as("seed %d", seed).isNotEmpty();
            }
        }
        assertThat(broken).as("pasts that offered an occasion").isGreaterThan(SEEDS / 10);
    }

    /** Tiny histories of one customer, broken at random in up to two places, or not at all: both say the same of each. */
    @Test
    void the_check_agrees_with_a_search_through_all_sequences() {
        int accepted = 0;
        int cases = 20 * SEEDS;
        for (long seed = 0; seed < cases; seed++) {
            RandomGenerator random = new SplittableRandom(seed);
            Past past = withoutTotals(new SimulatedBank(random, 1).past(3, 3));
            int changes = random.nextInt(3);
            for (int i = 0; i < changes; i++) {
                past = changed(past, random);
            }
            Book book = Breakage.book(past, "c-0");
            boolean explained = BruteForce.explains(book, past.history().invocations());
            assertThat(past.check().isEmpty())
                    .as("seed %d: %s and %s: %s", seed, past.history(), book, past.check())
                    .isEqualTo(explained);
            accepted += explained ? 1 : 0;
        }
        assertThat(accepted).as("accepted").isBetween(cases / 5, 4 * cases / 5);
    }

    @Test
    void a_hundred_thousand_operations_of_one_customer_are_checked_in_seconds() {
        Past past = new SimulatedBank(new SplittableRandom(1), 1).past(10, 10_000);

        assertThat(past.check()).isEmpty();
    }

    private static Past past(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return new SimulatedBank(random, 1 + random.nextInt(4)).past(2 + random.nextInt(5), 10 + random.nextInt(30));
    }

    private static Past withoutTotals(Past past) {
        List<Invocation> kept = past.history().invocations().stream()
                .filter(invocation -> !(invocation.operation() instanceof Total))
                .toList();
        return new Past(new History(kept), past.founded(), past.books());
    }

    /** Something else happened, was answered, or was stored; perhaps as valid as before. */
    private static Past changed(Past past, RandomGenerator random) {
        List<Invocation> all = past.history().invocations();
        if (all.isEmpty()) {
            return past;
        }
        Invocation one = all.get(random.nextInt(all.size()));
        Invocation other = all.get(random.nextInt(all.size()));
        return switch (random.nextInt(5)) {
            case 0 -> Breakage.calledAt(past, one, Math.min(one.returned(), random.nextInt(80)));
            case 1 -> returnedAt(past, one, one.called() + random.nextInt(80));
            case 2 -> sameKind(one, other) ? Breakage.answered(past, one, other.outcome()) : past;
            case 3 -> Breakage.withEntries(past, "c-0", entries -> Collections.shuffle(entries, jdk(random)));
            default ->
                Breakage.withEntries(past, "c-0", entries -> {
                    if (!entries.isEmpty()) {
                        entries.remove(random.nextInt(entries.size()));
                    }
                });
        };
    }

    private static Past returnedAt(Past past, Invocation old, long returned) {
        Invocation changed =
                new Invocation(old.client(), old.number(), old.called(), returned, old.operation(), old.outcome());
        return old.isUnknown() ? past : Breakage.replaced(past, old, changed);
    }

    private static boolean sameKind(Invocation one, Invocation other) {
        return one.operation() instanceof Post == other.operation() instanceof Post
                && one.isUnknown() == other.isUnknown();
    }

    private static Random jdk(RandomGenerator random) {
        return new Random(random.nextLong());
    }
}
