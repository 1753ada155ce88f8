package dev.ringshard.rebalance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.ShardedTable;
import dev.ringshard.internal.handover.Chunk;
import dev.ringshard.internal.handover.TableColumns;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.Shards;
import dev.ringshard.rebalance.ShardMove.Piece;
import dev.ringshard.ring.TokenRange;
import dev.ringshard.testing.TestCluster;
import dev.ringshard.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Chunks cover exactly what they were cut from, in order, and are about as large as they should be. */
abstract class ChunksContract {
    private static final int ROWS = 1_000;
    private static final List<ShardedTable> TABLES = List.of(ShardedTable.byToken("pets", "ring_token"));

    private final Shards shards;
    private final Shard shard;
    private final TestDatabase database;

    ChunksContract(DatabaseKind kind) {
        database = TestCluster.database(kind);
        shards = Shards.open(List.of(TestCluster.shard("eu-1", database)));
        shard = shards.get("eu-1");
    }

    @AfterEach
    void close() {
        shards.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void chunks_of_pieces_cut_at_random_cover_them_once_in_order_and_have_the_rows_asked_for(long seed)
            throws SQLException {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        fill(random);
        List<TokenRange> ranges = TokenRange.ALL.split(1 + random.nextInt(40));
        ShardMove transfer = new Sizes(TABLES).measured(shard, "eu-2", ranges);
        assertThat(transfer.rows()).isEqualTo(ROWS);
        assertThat(transfer.bytes()).isPositive();

        Chunks chunks = new Chunks(shard, shard, new Sizes(TABLES), transfer.pieces());
        List<TokenRange> covered = new ArrayList<>();
        int size = 1 + random.nextInt(200);
        while (!chunks.isEmpty()) {
            Chunk chunk = chunks.next(size);
            assertThat(chunk.ranges()).isNotEmpty();
            assertThat(rows(chunk)).as("a cut piece's rows are estimated").isLessThanOrEqualTo(size + size / 4 + 10);
            covered.addAll(chunk.ranges());
        }

        assertThat(covered).isSorted();
        assertThat(covered.get(0).first()).isEqualTo(Long.MIN_VALUE);
        assertThat(covered.get(covered.size() - 1).last()).isEqualTo(Long.MAX_VALUE);
        for (int i = 1; i < covered.size(); i++) {
            assertThat(covered.get(i - 1).isRightBefore(covered.get(i))).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {6, 7, 8})
    void what_is_put_back_is_handed_out_again_unless_the_source_has_lost_it(long seed) throws SQLException {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        fill(random);
        List<TokenRange> halves = TokenRange.ALL.split(2);
        Chunks chunks = new Chunks(
                shard, shard, new Sizes(TABLES), List.of(new Piece(halves.get(0), 500), new Piece(halves.get(1), 500)));
        Chunk first = chunks.next(100);

        chunks.putBack(first, 100, halves.subList(1, 2), false);

        assertThat(chunks.share()).isEqualTo(0.5);
        assertThat(chunks.next(10_000).ranges()).containsExactly(halves.get(1));
        assertThat(chunks.isEmpty()).isTrue();
    }

    @Test
    void what_others_hold_comes_last_and_in_ever_smaller_chunks_until_one_moves() throws SQLException {
        fill(RandomGeneratorFactory.of("L64X128MixRandom").create(9));
        Chunks chunks = new Chunks(shard, shard, new Sizes(TABLES), List.of(new Piece(TokenRange.ALL, ROWS)));
        Chunk held = chunks.next(100);
        chunks.putBack(held, 100, List.of(TokenRange.ALL), true);

        Chunk rest = chunks.next(ROWS);
        assertThat(rest.queues()).isFalse();
        assertThat(rest.ranges())
                .containsExactlyElementsOf(TokenRange.ALL.without(held.ranges().get(0)));

        Chunk smaller = chunks.next(100);
        assertThat(smaller.queues()).isTrue();
        assertThat(held.ranges().get(0).fraction() / smaller.ranges().get(0).fraction())
                .isGreaterThan(2);
        chunks.putBack(smaller, 25, List.of(TokenRange.ALL), true);
        Chunk next = chunks.next(100);
        chunks.moved(next);
        Chunk larger = chunks.next(100);
        assertThat(rows(next)).isEqualTo(6);
        assertThat(rows(larger)).isEqualTo(24);
    }

    private void fill(RandomGenerator random) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE pets (ring_token bigint NOT NULL, name varchar(20))");
            for (int i = 0; i < ROWS; i++) {
                statement.addBatch("INSERT INTO pets VALUES (%d, 'Rex')".formatted(random.nextLong()));
            }
            statement.executeBatch();
        }
    }

    private long rows(Chunk chunk) {
        return shard.snapshot(reading -> reading.dsl()
                .fetchSingle("SELECT count(*) FROM pets WHERE " + TableColumns.within("ring_token", chunk.ranges()))
                .get(0, Long.class));
    }
}
