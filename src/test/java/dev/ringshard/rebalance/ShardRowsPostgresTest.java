package dev.ringshard.rebalance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.Ringshard;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.Shards;
import dev.ringshard.rebalance.ShardRows.Effort;
import dev.ringshard.ring.TokenMap;
import dev.ringshard.ring.TokenRange;
import dev.ringshard.routing.FencedStatement;
import dev.ringshard.testing.Parcel;
import dev.ringshard.testing.Parcels;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How many rows of which key a shard has, counted and sampled: 40 keys, of which one has every other row. */
class ShardRowsPostgresTest {
    private static final int ROWS = 40_000;
    private static final TokenMap<String> OWNERS =
            TokenMap.<String>builder().put(TokenRange.ALL, "eu-1").build();

    private final RingshardConfig config = Parcels.founded(DatabaseKind.POSTGRESQL, 1);
    private final Shards shards = Shards.open(config.shards());
    private final Shard shard = shards.get("eu-1");

    @BeforeEach
    void fill() {
        try (Ringshard cluster = Ringshard.open(config)) {
            new Parcels(cluster)
                    .createAll(IntStream.range(0, 40)
                            .mapToObj(i -> Parcel.of("k-" + i, "0.00"))
                            .toList());
            cluster.router().update("k-0", FencedStatement.of("""
                                    INSERT INTO stamps (parcel_key, stamp, amount)
                                    SELECT CASE WHEN n % 2 = 0 THEN 'k-0' ELSE 'k-' || n % 40 END, 'more-' || n, 0
                                    FROM generate_series(1, ?) n"""), ROWS);
        }
    }

    @AfterEach
    void close() {
        shards.close();
    }

    @Test
    void small_tables_are_counted() {
        ShardRows rows = ShardRows.of(shard, config.countedTables(), OWNERS, Effort.USUAL);

        assertThat(rows.isSampled()).isFalse();
        assertThat(rows.total()).isEqualTo(ROWS + 40);
        assertThat(rows.tokens()).hasSize(40).isSorted();
        int heaviest = rows.heaviest(1).get(0);
        assertThat(rows.rows()[heaviest]).isEqualTo(ROWS / 2 + 1);
        assertThat(rows.key(rows.tokens()[heaviest], config.countedTables())).contains("k-0");
    }

    @Test
    void of_large_tables_a_sample_is_read_and_tells_about_the_same() {
        shard.transaction(
                transaction -> transaction.connection().createStatement().execute("ANALYZE stamps"));

        ShardRows rows = ShardRows.of(shard, config.countedTables(), OWNERS, new Effort(5_000, 5_000));

        assertThat(rows.isSampled()).isTrue();
        assertThat(rows.total()).isBetween(0.6 * ROWS, 1.6 * ROWS);
        int heaviest = rows.heaviest(1).get(0);
        assertThat(rows.rows()[heaviest] / rows.total()).isBetween(0.45, 0.55);
        assertThat(ShardRows.of(shard, config.countedTables(), OWNERS, new Effort(5_000, 5_000))
                        .rows())
                .as("the same sample again")
                .isEqualTo(rows.rows());
    }

    @Test
    void what_the_shard_does_not_own_does_not_count_and_cells_cover_what_it_owns() {
        List<TokenRange> halves = TokenRange.ALL.split(2);
        TokenMap<String> owners = TokenMap.<String>builder()
                .put(halves.get(0), "eu-2")
                .put(halves.get(1), "eu-1")
                .build();

        ShardRows rows = ShardRows.of(shard, config.countedTables(), owners, Effort.USUAL);

        assertThat(LongStream.of(rows.tokens())).isNotEmpty().allMatch(token -> token >= 0);
        TokenMap.Builder<Long> cells = TokenMap.builder();
        rows.addCells(owners, Set.of(), cells);
        assertThat(cells.build().gaps()).containsExactly(halves.get(0));
        assertThat(cells.build().entries().stream()
                        .mapToLong(TokenMap.Entry::value)
                        .sum())
                .isEqualTo(Math.round(rows.total()));
    }
}
