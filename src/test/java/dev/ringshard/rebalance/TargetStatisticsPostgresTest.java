package dev.ringshard.rebalance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.config.DatabaseKind;
import dev.ringshard.internal.handover.HandoverStep;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.Shards;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A shard that takes rows knows for its plans what it holds, before it serves the first of them. */
class TargetStatisticsPostgresTest extends GrowingCluster {
    private static final String ANALYSED = "SELECT reltuples FROM pg_class WHERE oid = 'parcels'::regclass";

    TargetStatisticsPostgresTest() throws SQLException {
        super(DatabaseKind.POSTGRESQL, DatabaseKind.POSTGRESQL);
    }

    @Test
    void a_shard_that_joins_is_analysed_before_it_owns_its_first_rows_and_as_they_double() {
        List<Long> analysed = new ArrayList<>();
        Shards shards = open(bigger());
        Shard joining = shards.get("eu-3");
        Rebalancer rebalancer = rebalancer(bigger(), shards, step -> {
            if (step == HandoverStep.ACTIVATE) {
                analysed.add(number(joining, ANALYSED));
            }
        });
        RebalancePlan plan = rebalancer.plan();

        rebalancer
                .start(plan, RebalanceSettings.DEFAULT.withChunkRows(4).withParallel(1), progress -> {})
                .await();

        long owned = number(joining, "SELECT count(*) FROM parcels");
        assertThat(analysed.stream().filter(rows -> rows > 0).findFirst())
                .hasValueSatisfying(rows ->
                        assertThat(rows).as("before the first rows are served").isLessThanOrEqualTo(8));
        assertThat(analysed).isSorted().doesNotContain(0L);
        assertThat(2 * analysed.get(analysed.size() - 1)).isGreaterThanOrEqualTo(owned);
    }

    private static long number(Shard shard, String sql) {
        return shard.snapshot(looking -> {
            try (Statement statement = looking.connection().createStatement();
                    ResultSet row = statement.executeQuery(sql)) {
                row.next();
                return row.getLong(1);
            }
        });
    }
}
