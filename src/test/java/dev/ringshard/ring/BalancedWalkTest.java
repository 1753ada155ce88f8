package dev.ringshard.ring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the strategy {@code balanced} promises, held after each of up to 1,260 changes that build on each other, among 4 to
 * 256 shards. A failing case says its seed and step. {@link ChangingRing} checks each change.
 *
 * <p>Shares and what moves are bounded whatever happens. The number of ranges is not: what is held here was measured, and
 * a history made to hurt could pass it.
 */
@Tag("ci")
class BalancedWalkTest {
    private static final int CHANGES = 1_000;
    private static final int TWICE_UP_AND_DOWN = 1_260;
    private static final int FEWEST = 4;
    private static final int MOST = 256;
    private static final int MOST_RANGES = 28;

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = 1)
    void equal_shards_that_come_and_go_have_few_ranges(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        ChangingRing ring = new ChangingRing(random, FEWEST);
        for (int step = 0; step < CHANGES; step++) {
            comeOrGo(ring, "seed " + seed + ", step " + step, random, step < CHANGES / 2 ? 0.58 : 0.42);
        }
        assertFewRanges(ring, seed);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = 1)
    void growing_to_256_shards_and_shrinking_to_4_again_and_again_leaves_few_ranges(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        ChangingRing ring = new ChangingRing(random, FEWEST);
        double chanceToJoin = 0.9;
        for (int step = 0; step < TWICE_UP_AND_DOWN; step++) {
            chanceToJoin = ring.size() == FEWEST ? 0.9 : ring.size() == MOST ? 0.1 : chanceToJoin;
            comeOrGo(ring, "seed " + seed + ", step " + step, random, chanceToJoin);
        }
        assertFewRanges(ring, seed);
    }

    @ParameterizedTest(name = "{0} shards, {1} changes, seed {2}")
    @CsvSource({"250,100,1", "16,500,1"})
    void a_number_of_shards_that_stays_about_the_same_has_few_ranges(int shards, int changes, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        ChangingRing ring = new ChangingRing(random, shards);
        for (int step = 0; step < changes; step++) {
            comeOrGo(ring, "seed " + seed + ", step " + step, random, ring.size() > shards ? 0.3 : 0.7);
        }
        assertFewRanges(ring, seed);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = 1)
    void shards_of_many_weights_that_come_and_go_and_change_have_few_ranges_for_their_weight(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        ChangingRing ring = new ChangingRing(random, FEWEST);
        for (int step = 0; step < CHANGES; step++) {
            String what = "seed " + seed + ", step " + step;
            if (random.nextInt(3) == 0) {
                ring.reweigh(what, weight(random));
            } else if (ring.size() <= FEWEST || (ring.size() < MOST && random.nextDouble() < 0.54)) {
                ring.join(what, weight(random));
            } else {
                ring.leave(what);
            }
        }
        assertThat(ring.mostRangesForWeight)
                .as("seed %d: %s", seed, ring.figures())
                .isLessThanOrEqualTo(MOST_RANGES);
    }

    private static void comeOrGo(ChangingRing ring, String what, SplittableRandom random, double chanceToJoin) {
        if (ring.size() <= FEWEST || (ring.size() < MOST && random.nextDouble() < chanceToJoin)) {
            ring.join(what, 1);
        } else {
            ring.leave(what);
        }
    }

    private static void assertFewRanges(ChangingRing ring, long seed) {
        assertThat(ring.mostRanges).as("seed %d: %s", seed, ring.figures()).isLessThanOrEqualTo(MOST_RANGES);
    }

    private static double weight(SplittableRandom random) {
        return new double[] {0.5, 1, 1, 2, 4}[random.nextInt(5)];
    }
}
