package dev.ringshard.internal.routes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.config.ShardConfig;
import dev.ringshard.internal.ownership.MembershipTable.Incarnation;
import dev.ringshard.internal.ownership.OwnedRange;
import dev.ringshard.internal.ownership.SetBack;
import dev.ringshard.internal.routes.Admission.OwnershipAnswer;
import dev.ringshard.internal.shard.Parallel.Outcome;
import dev.ringshard.internal.shard.ServerLog;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.Shards;
import dev.ringshard.ring.TokenRange;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;

class ContradictionsTest {
    private static final OwnedRange RANGE = new OwnedRange(new TokenRange(0, 9), 7);

    private final Shards shards = Shards.open(IntStream.rangeClosed(1, 3)
            .mapToObj(i -> ShardConfig.h2("eu-" + i, new JdbcDataSource()))
            .toList());
    private final Shard source = shards.get("eu-1");
    private final Shard target = shards.get("eu-2");
    private final Shard other = shards.get("eu-3");

    /** What a shard says from now on that it owns. */
    private final Map<Shard, List<OwnedRange>> now = new LinkedHashMap<>();

    private final Contradictions contradictions = new Contradictions(asked -> {
        Map<Shard, Outcome<Optional<OwnershipAnswer>>> answers = new LinkedHashMap<>();
        asked.forEach(shard -> answers.put(
                shard,
                new Outcome<>(
                        Optional.of(new OwnershipAnswer(
                                now.getOrDefault(shard, List.of()),
                                new Incarnation("unknown", ServerLog.UNKNOWN, false),
                                List.of(),
                                Map.of(),
                                0)),
                        null)));
        return answers;
    });

    private Routes both() {
        return Routes.NONE.updated(
                Map.of(
                        source,
                        Optional.of(List.of(RANGE)),
                        target,
                        Optional.of(List.of(RANGE)),
                        other,
                        Optional.of(List.of())),
                Map.of());
    }

    /** The claim of the source has the epoch that the target then owns the range with. */
    @Test
    void a_range_that_was_handed_over_between_two_answers_is_no_contradiction() {
        now.put(source, List.of());
        now.put(target, List.of(RANGE));

        Routes judged = contradictions.judged(both(), Set.of(source, target), Set.of());

        assertThat(judged.contradictions()).isEmpty();
        assertThat(judged.owner(5)).isEqualTo(target);
    }

    @Test
    void a_range_that_both_own_when_they_are_asked_again_is_served_by_nobody() {
        now.put(source, List.of(RANGE));
        now.put(target, List.of(RANGE));

        Routes judged = contradictions.judged(both(), Set.of(source, target), Set.of());

        assertThat(judged.contradictions()).hasSize(1);
        assertThat(judged.owner(5)).isNull();
    }

    @Test
    void of_what_a_shard_said_long_ago_nothing_is_concluded() {
        assertThat(contradictions.judged(both(), Set.of(target), Set.of()).contradictions())
                .isEmpty();
    }

    @Test
    void what_contradicted_stays_until_the_shard_that_it_accuses_has_answered_anew() {
        Routes alone = Routes.NONE.updated(
                Map.of(source, Optional.of(List.of(RANGE)), other, Optional.of(List.of())), Map.of());
        SetBack known = new SetBack("eu-1", "eu-3", SetBack.Sign.KNOWS_NOTHING, RANGE.range(), 9);
        Routes accused = contradictions.judged(alone, Set.of(source, other), Set.of(known));
        assertThat(accused.owner(5)).isNull();

        Routes later = contradictions.judged(accused, Set.of(other), Set.of());
        assertThat(later.owner(5)).isNull();
        assertThat(contradictions.judged(later, Set.of(source), Set.of()).owner(5))
                .isEqualTo(source);
    }
}
