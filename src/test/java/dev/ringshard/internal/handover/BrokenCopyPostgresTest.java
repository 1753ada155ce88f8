package dev.ringshard.internal.handover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.ringshard.config.DatabaseKind;
import dev.ringshard.failure.ContentionException;
import dev.ringshard.failure.CorruptionException;
import dev.ringshard.failure.StaleVersionException;
import dev.ringshard.internal.ownership.OwnedRange;
import dev.ringshard.internal.ownership.OwnedRangeTable;
import dev.ringshard.internal.shard.PostgresRows;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.ShardTransaction;
import dev.ringshard.internal.shard.Shards;
import dev.ringshard.ring.TokenRange;
import dev.ringshard.testing.OpenCluster;
import dev.ringshard.testing.Parcel;
import dev.ringshard.testing.Parcels;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/** Copies that break off, and copies that are none. */
class BrokenCopyPostgresTest {
    private static final RowSelection ALL = new RowSelection.OfRanges(List.of(TokenRange.ALL));

    /** What the source was about to say must not disturb who comes next. */
    @Test
    void a_copy_whose_target_is_gone_leaves_a_source_that_works() throws SQLException {
        try (OpenCluster cluster = OpenCluster.ofParcels(List.of(DatabaseKind.POSTGRESQL, DatabaseKind.POSTGRESQL));
                Shards shards = Shards.open(cluster.config().shards())) {
            create(cluster, 5_000);
            Shard source = shards.get("eu-1");

            for (int i = 0; i < 20; i++) {
                assertThatThrownBy(() -> breakCopy(source, shards.get("eu-2"))).isInstanceOf(SQLException.class);

                long rows = source.snapshot(BrokenCopyPostgresTest::count);
                assertThat(rows).isPositive();
                assertThat(source.transaction(BrokenCopyPostgresTest::count)).isEqualTo(rows);
            }
        }
    }

    /** Its server waits to send, and no other time-out acts then. What it does not show: who is frozen in the middle of a write. */
    @Test
    @Timeout(120)
    void a_mover_that_freezes_under_the_lock_while_it_is_sent_rows_does_not_hold_up_writers_for_ever()
            throws SQLException {
        try (OpenCluster cluster = OpenCluster.ofParcels(List.of(DatabaseKind.POSTGRESQL));
                Shards shards = Shards.open(cluster.config().shards())) {
            Parcels parcels = new Parcels(cluster.ringshard());
            parcels.create(Parcel.of("p-1", "1.00"));
            ShardTransaction frozen = shards.get("eu-1").beginMove(Duration.ofSeconds(5));
            frozen.dsl().execute("SELECT FROM ringshard.owned_range FOR UPDATE");
            CopyOut unread = frozen.connection()
                    .unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyOut("COPY (SELECT repeat('x', 1000000) FROM generate_series(1, 200)) TO STDOUT");
            assertThat(unread.isActive()).isTrue();

            await().atMost(Duration.ofSeconds(60)).until(() -> writes(parcels));

            frozen.discard();
            frozen.close();
        }
    }

    private static boolean writes(Parcels parcels) {
        try {
            return parcels.handle("p-1");
        } catch (ContentionException held) {
            return false;
        }
    }

    @Test
    void a_copy_that_reads_otherwise_than_its_source_is_not_handed_over() {
        String shouting = """
                CREATE FUNCTION shout() RETURNS trigger LANGUAGE plpgsql AS
                'BEGIN NEW.label := upper(NEW.label); RETURN NEW; END';
                CREATE TRIGGER shout BEFORE INSERT ON parcels FOR EACH ROW EXECUTE FUNCTION shout();
                ALTER TABLE parcels ENABLE ALWAYS TRIGGER shout""";

        assertThatThrownBy(() -> moveTo(shouting))
                .isInstanceOf(CorruptionException.class)
                .hasMessageContaining("read differently on eu-2 after they were copied from eu-1");
    }

    @Test
    void a_column_whose_bits_mean_something_else_on_the_target_is_not_copied() {
        assertThatThrownBy(() -> moveTo("ALTER TABLE parcels ALTER COLUMN postage TYPE double precision"))
                .isInstanceOf(StaleVersionException.class)
                .hasMessageContaining("parcels has other columns on eu-2 than on eu-1");
    }

    /** Hands over all that eu-1 owns, after a change of eu-2; whatever comes of it, nothing has moved. */
    private static void moveTo(String change) throws SQLException {
        try (OpenCluster cluster = OpenCluster.ofParcels(List.of(DatabaseKind.POSTGRESQL, DatabaseKind.POSTGRESQL));
                Shards shards = Shards.open(cluster.config().shards())) {
            create(cluster, 100);
            Shard source = shards.get("eu-1");
            Shard target = shards.get("eu-2");
            target.transaction(changing -> changing.dsl().execute(change));
            Chunk chunk = new Chunk(source, target, rangesOf(source));
            try {
                new Handover(cluster.config().cluster(), cluster.config().shardedTables(), System::nanoTime, step -> {})
                        .attempt(chunk);
            } finally {
                assertThat(new Parcels(cluster.ringshard()).count()).isEqualTo(100);
                assertThat(rangesOf(source)).isEqualTo(chunk.ranges());
            }
        }
    }

    private static List<TokenRange> rangesOf(Shard shard) {
        List<OwnedRange> owned = shard.snapshot(looking -> OwnedRangeTable.all(looking.dsl()));
        return owned.stream().map(OwnedRange::range).toList();
    }

    private static void create(OpenCluster cluster, int parcels) {
        new Parcels(cluster.ringshard())
                .createAll(IntStream.range(0, parcels)
                        .mapToObj(i -> Parcel.bare("p-" + i))
                        .toList());
    }

    private static void breakCopy(Shard source, Shard target) throws SQLException {
        try (ShardTransaction from = source.beginSnapshot();
                ShardTransaction to = target.beginMove(Duration.ofSeconds(5))) {
            TableColumns parcels = TableColumns.of(from, Parcels.TABLES.get(0));
            int victim = to.dsl().fetchSingle("SELECT pg_backend_pid()").get(0, Integer.class);
            target.transaction(other -> other.dsl().fetch("SELECT pg_terminate_backend(?, 10000)", victim));
            new PostgresCopy(new PostgresRows()).copy(from, to, parcels, ALL);
        }
    }

    private static long count(ShardTransaction transaction) {
        return transaction.dsl().fetchSingle("SELECT count(*) FROM parcels").get(0, Long.class);
    }
}
