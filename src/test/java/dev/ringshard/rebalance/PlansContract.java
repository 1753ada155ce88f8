package dev.ringshard.rebalance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.ringshard.Ringshard;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.failure.ForeignShardException;
import dev.ringshard.failure.StaleVersionException;
import dev.ringshard.internal.ownership.OwnedRange;
import dev.ringshard.internal.ring.RingDifference;
import dev.ringshard.testing.Parcels;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a plan says, when it is refused, and who is named that a configuration lacks or takes for another. */
abstract class PlansContract extends GrowingCluster {
    PlansContract(DatabaseKind founders, DatabaseKind joining) throws SQLException {
        super(founders, joining);
    }

    @Test
    void a_plan_moves_to_a_joining_shard_what_it_should_own_and_nothing_else_and_changes_nothing() {
        Map<String, List<OwnedRange>> before = owned(cluster.config());

        RebalancePlan plan = rebalancer(bigger()).plan();

        assertThat(owned(cluster.config())).isEqualTo(before);
        assertThat(plan.moves()).isNotEmpty().allSatisfy(move -> assertThat(move.target())
                .isEqualTo("eu-3"));
        assertThat(plan.shares())
                .filteredOn(RebalancePlan.Share::joins)
                .extracting(RebalancePlan.Share::shard)
                .containsExactly("eu-3");
        assertThat(plan.movedShare()).isEqualTo(1 / 3.0, within(1e-9));
        assertThat(plan.target()).isEqualTo(RingDifference.apply(plan.actual(), moves(plan)));
        assertThat(plan.bytes()).isPositive();
        assertThat(plan.speed()).isEqualTo(new RebalancePlan.Speed(500, false));
        RebalanceSettings fast = RebalanceSettings.DEFAULT.withParallel(4);
        assertThat(plan.expectedTime(fast))
                .isPositive()
                .isLessThanOrEqualTo(plan.expectedTime(RebalanceSettings.DEFAULT));
        assertThat(plan.expectedTime(fast.withRowsPerSecond(1))).isEqualTo(Duration.ofSeconds(plan.rows()));
    }

    @Test
    void a_plan_that_no_longer_fits_the_ownership_is_refused() {
        RebalancePlan old = rebalancer(bigger()).plan();
        join();

        assertThatThrownBy(() -> rebalancer(bigger()).run(old, progress -> {}))
                .isInstanceOf(StaleVersionException.class)
                .hasMessageContaining("Nothing was moved. Make a new plan.");
    }

    @Test
    void a_shard_that_owns_ranges_cannot_be_left_out_and_is_named() {
        join();
        Map<String, List<OwnedRange>> before = owned(bigger());

        assertThatThrownBy(() -> rebalancer(cluster.config()).plan())
                .isInstanceOf(ForeignShardException.class)
                .hasMessageContaining("eu-3")
                .hasMessageContaining("Nothing was changed");
        RingshardConfig one = bigger().withoutShard("eu-1");
        assertThatThrownBy(() -> rebalancer(one).plan())
                .isInstanceOf(ForeignShardException.class)
                .hasMessageContaining("eu-1");
        assertThat(owned(bigger())).isEqualTo(before);
    }

    @Test
    void a_router_without_the_new_shard_in_its_configuration_names_it() {
        join();
        String moved = keysOn("eu-3").get(0);

        try (Ringshard stale = Ringshard.open(withoutTheThird(Duration.ofMillis(100)))) {
            assertThatThrownBy(() -> new Parcels(stale).find(moved)).hasMessageContaining("eu-3");
            assertThatThrownBy(() -> new Parcels(stale).stamp(moved, "gift", "1.00"))
                    .hasMessageContaining("eu-3");
            assertThatThrownBy(() -> new Parcels(stale).handle(moved)).hasMessageContaining("eu-3");
        }
    }

    @Test
    void a_status_without_the_new_shard_does_not_wait_for_an_owner_of_what_moved_there() {
        join();

        try (Ringshard stale = Ringshard.open(withoutTheThird(Duration.ofMinutes(10)))) {
            assertTimeoutPreemptively(
                    Duration.ofMinutes(1),
                    () -> assertThat(stale.status().problem().orElseThrow()).contains("eu-3"));
        }
    }

    private RingshardConfig withoutTheThird(Duration routingTimeout) {
        return Parcels.config(cluster.config().shards(), routingTimeout);
    }

    @Test
    void a_shard_that_is_another_one_than_configured_gets_nothing() {
        ShardConfig wrong =
                new ShardConfig("eu-4", 1, cluster.config().shards().get(0).source(), third.pool());
        RingshardConfig confused = new RingshardConfig(
                cluster.config().cluster(),
                cluster.config().ring(),
                List.of(cluster.config().shards().get(1), wrong),
                cluster.config().routingTimeout(),
                Optional.empty(),
                cluster.config().tables(),
                cluster.config().bank(),
                cluster.config().hasOutbox());

        assertThatThrownBy(() -> rebalancer(confused).plan())
                .isInstanceOf(ForeignShardException.class)
                .hasMessageContaining("eu-1");
    }
}
