package dev.ringshard.rebalance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.ShardedTable;
import dev.ringshard.customers.Balances;
import dev.ringshard.customers.NewCustomer;
import dev.ringshard.ring.TokenRange;
import dev.ringshard.shard.Shard;
import dev.ringshard.shard.ShardTransaction;
import dev.ringshard.shard.Shards;
import dev.ringshard.testing.OpenCluster;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The target is gone in the middle of a copy: what the source was about to say must not disturb who comes next. */
class BrokenCopyPostgresTest {
    private static final List<TokenRange> ALL = List.of(TokenRange.ALL);

    @Test
    void a_copy_whose_target_is_gone_leaves_a_source_that_works() throws SQLException {
        try (OpenCluster cluster = OpenCluster.of(List.of(DatabaseKind.POSTGRESQL, DatabaseKind.POSTGRESQL));
                Shards shards = Shards.open(cluster.config().shards())) {
            cluster.ringshard()
                    .customers()
                    .createAll(IntStream.range(0, 5_000)
                            .mapToObj(i -> new NewCustomer("c-" + i, "Ada", "Lovelace", Balances.ZERO))
                            .toList());
            Shard source = shards.get("eu-1");

            for (int i = 0; i < 20; i++) {
                assertThatThrownBy(() -> breakCopy(source, shards.get("eu-2"))).isInstanceOf(SQLException.class);

                long rows = source.snapshot(BrokenCopyPostgresTest::count);
                assertThat(rows).isPositive();
                assertThat(source.transaction(BrokenCopyPostgresTest::count)).isEqualTo(rows);
            }
        }
    }

    private static void breakCopy(Shard source, Shard target) throws SQLException {
        try (ShardTransaction from = source.beginSnapshot();
                ShardTransaction to = target.beginMove(Duration.ofSeconds(5))) {
            TableColumns customers = TableColumns.of(from.connection(), new ShardedTable("customers"));
            int victim = to.dsl().fetchSingle("SELECT pg_backend_pid()").get(0, Integer.class);
            target.transaction(other -> other.dsl().fetch("SELECT pg_terminate_backend(?, 10000)", victim));
            new PostgresCopy().copy(from, to, customers, ALL);
        }
    }

    private static long count(ShardTransaction transaction) {
        return transaction.dsl().fetchSingle("SELECT count(*) FROM customers").get(0, Long.class);
    }
}
