package dev.ringshard.internal.routes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.config.ShardConfig;
import dev.ringshard.internal.ownership.OwnedRange;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.Shards;
import dev.ringshard.ring.TokenMap;
import dev.ringshard.ring.TokenRange;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RoutesTest {
    private final Shards shards = Shards.open(IntStream.rangeClosed(1, 3)
            .mapToObj(i -> ShardConfig.h2("eu-" + i, new JdbcDataSource()))
            .toList());
    private final Shard one = shards.get("eu-1");
    private final Shard two = shards.get("eu-2");

    @Test
    void of_two_that_claim_a_token_the_higher_epoch_has_it() {
        TokenMap<Shard> owners = Routes.merge(Map.of(one, List.of(owned(0, 100, 1)), two, List.of(owned(10, 20, 2))));

        assertThat(owners.get(9)).isEqualTo(one);
        assertThat(owners.get(10)).isEqualTo(two);
        assertThat(owners.get(20)).isEqualTo(two);
        assertThat(owners.get(21)).isEqualTo(one);
        assertThat(owners.get(101)).isNull();
    }

    @Test
    void what_a_silent_shard_said_before_still_stands() {
        Routes both = Routes.NONE.updated(
                Map.of(one, Optional.of(List.of(owned(0, 9, 1))), two, Optional.of(List.of(owned(10, 19, 1)))),
                Map.of());

        Routes after = both.updated(Map.of(two, Optional.of(List.of(owned(10, 19, 1)))), Map.of(one, "Gone."));

        assertThat(after.owner(5)).isEqualTo(one);
        assertThat(after.silent()).containsExactly(one);
        assertThat(after.silent("All are needed.", "Repeat it.")).hasMessage("All are needed. Gone. Repeat it.");
        assertThat(after.updated(Map.of(one, Optional.of(List.of())), Map.of()).silent())
                .isEmpty();
    }

    @Test
    void a_database_that_is_not_initialised_is_no_member_and_not_silent() {
        Routes routes = Routes.NONE.updated(Map.of(one, Optional.empty()), Map.of());

        assertThat(routes.members()).isEmpty();
        assertThat(routes.silent()).isEmpty();
    }

    static IntStream seeds() {
        return IntStream.range(0, 200);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void every_token_goes_to_the_highest_epoch_that_claims_it(int seed) {
        Random random = new Random(seed);
        Map<Shard, List<OwnedRange>> said = new LinkedHashMap<>();
        long epoch = 1;
        for (Shard shard : shards.all()) {
            List<OwnedRange> ranges = new ArrayList<>();
            long next = random.nextInt(5);
            while (next < 60) {
                long last = next + random.nextInt(15);
                ranges.add(owned(next, last, epoch++ * 7919 % 101)); // no two alike, in no order
                next = last + 1 + random.nextInt(8);
            }
            said.put(shard, ranges);
        }

        TokenMap<Shard> owners = Routes.merge(said);

        for (long token = -1; token < 90; token++) {
            assertThat(owners.get(token)).as("seed %d, token %d", seed, token).isEqualTo(newest(said, token));
        }
    }

    private static @org.jspecify.annotations.Nullable Shard newest(Map<Shard, List<OwnedRange>> said, long token) {
        Shard best = null;
        long epoch = -1;
        for (Map.Entry<Shard, List<OwnedRange>> entry : said.entrySet()) {
            for (OwnedRange owned : Objects.requireNonNull(entry.getValue())) {
                if (owned.range().contains(token) && owned.epoch() > epoch) {
                    best = entry.getKey();
                    epoch = owned.epoch();
                }
            }
        }
        return best;
    }

    private static OwnedRange owned(long first, long last, long epoch) {
        return new OwnedRange(new TokenRange(first, last), epoch);
    }
}
