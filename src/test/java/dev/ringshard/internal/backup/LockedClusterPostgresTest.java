package dev.ringshard.internal.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.Ringshard;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.failure.ContentionException;
import dev.ringshard.internal.cluster.ClusterReading;
import dev.ringshard.internal.shard.DeliveryLock;
import dev.ringshard.internal.shard.Parallel;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.ShardTransaction;
import dev.ringshard.internal.shard.Shards;
import dev.ringshard.outbox.Delivery;
import dev.ringshard.outbox.Message;
import dev.ringshard.outbox.MessageHandler;
import dev.ringshard.outbox.SentMessage;
import dev.ringshard.rebalance.RebalanceReport;
import dev.ringshard.routing.KeyedTransaction;
import dev.ringshard.status.BackupPoint;
import dev.ringshard.testing.HandMover;
import dev.ringshard.testing.Parcel;
import dev.ringshard.testing.Parcels;
import dev.ringshard.testing.TestCluster;
import dev.ringshard.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who waits while all shards are held for a point, who does not, and for whom the point waits. */
class LockedClusterPostgresTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final ExecutorService threads = Parallel.threads();
    private final RingshardConfig config = TestCluster.founded(
            List.of(DatabaseKind.POSTGRESQL, DatabaseKind.POSTGRESQL),
            databases -> Parcels.withOutbox(Parcels.config(TestCluster.shards(databases))));
    private final Shards shards = Shards.open(config.shards());
    private final Ringshard cluster = Ringshard.open(config);
    private final Parcels parcels = new Parcels(cluster);
    private String sender = "";
    private String recipient = "";

    @BeforeEach
    void create() {
        sender = keyOn("eu-1");
        recipient = keyOn("eu-2");
        List.of(sender, recipient).forEach(key -> parcels.create(Parcel.bare(key)));
        cluster.outbox().register("handle", new Handling());
    }

    private static final class Handling implements MessageHandler {
        @Override
        public boolean receive(KeyedTransaction transaction, Message message) {
            return transaction
                            .dsl()
                            .execute(
                                    "UPDATE parcels SET handled = handled + 1 WHERE parcel_key = ?",
                                    message.recipient())
                    == 1;
        }

        @Override
        public void refused(KeyedTransaction transaction, Message message) {
            throw new AssertionError("nothing is refused here");
        }
    }

    @AfterEach
    void close() {
        assertThat(cluster.verify().isOk()).isTrue();
        cluster.close();
        shards.close();
        threads.shutdownNow();
    }

    private String keyOn(String shard) {
        return IntStream.range(0, 100)
                .mapToObj(i -> "p-" + i)
                .filter(key -> cluster.router().locate(key).shard().equals(shard))
                .findFirst()
                .orElseThrow();
    }

    /** For as long as the test takes: the databases would end who is silent for two seconds. */
    private LockedCluster hold() {
        LockedCluster held = LockedCluster.hold(threads, shards.all());
        held.attempt(silent -> silent.dsl().execute("SET LOCAL idle_in_transaction_session_timeout = 0"));
        held.requireWhole(said -> new ClusterReading(config, said, Set.of()));
        held.holdDeliveries();
        return held;
    }

    private TestDatabase database(String shard) {
        return TestDatabase.of(config.shard(shard).orElseThrow());
    }

    private void awaitWaiting(String shard, String type) {
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> database(shard)
                                .number(
                                        "SELECT count(*) FROM pg_catalog.pg_locks JOIN pg_catalog.pg_stat_activity USING (pid)"
                                                + " WHERE NOT granted AND locktype = '" + type
                                                + "' AND datname = current_database()")
                        > 0);
    }

    @Test
    void writes_go_on_and_a_message_to_another_shard_arrives_afterwards() throws Exception {
        CompletableFuture<Delivery> delivered;
        try (LockedCluster held = hold()) {
            parcels.handle(sender);
            parcels.handle(recipient);
            delivered = CompletableFuture.supplyAsync(this::sendAndDeliver, threads);
            awaitWaiting("eu-2", "advisory");

            assertThat(delivered).isNotDone();
            assertThat(parcels.find(recipient).orElseThrow().handled()).isEqualTo(1);
            assertThat(held.release().values()).allMatch(outcome -> outcome.failure() == null);
        }
        assertThat(delivered.get(30, TimeUnit.SECONDS)).isEqualTo(Delivery.ACCEPTED);
        assertThat(parcels.find(recipient).orElseThrow().handled()).isEqualTo(2);
    }

    private Delivery sendAndDeliver() {
        SentMessage sent = cluster.router().transaction(sender, transaction -> cluster.outbox()
                .send(transaction, new Message(sender, "m-1", recipient, "handle", "please")));
        return cluster.outbox().deliver(sent);
    }

    @Test
    void nothing_moves_and_no_mark_is_noted_until_the_shards_are_let_go() throws Exception {
        CompletableFuture<RebalanceReport> moved;
        CompletableFuture<?> recovered;
        try (LockedCluster held = hold()) {
            long notes = database("eu-1").number("SELECT count(*) FROM ringshard.log_position");
            moved = CompletableFuture.supplyAsync(this::drain, threads);
            recovered = CompletableFuture.supplyAsync(cluster::recover, threads);
            awaitWaiting("eu-1", "relation");
            for (String shard : List.of("eu-1", "eu-2")) { // a mover locks the one way, everybody else the other
                assertThatThrownBy(() ->
                                database(shard).execute("SELECT FROM ringshard.owned_range LIMIT 1 FOR UPDATE NOWAIT"))
                        .isInstanceOf(SQLException.class);
                database(shard).execute("SELECT FROM ringshard.owned_range FOR KEY SHARE NOWAIT");
                assertThatThrownBy(
                                () -> database(shard)
                                        .execute(
                                                "SET lock_timeout = 50; UPDATE ringshard.reference_table SET version = version"))
                        .isInstanceOf(SQLException.class);
            }

            assertThat(database("eu-1").number("SELECT count(*) FROM ringshard.log_position"))
                    .isEqualTo(notes);
            assertThat(moved).isNotDone();
            assertThat(database("eu-2").number("SELECT count(*) FROM ringshard.handover_history"))
                    .isZero();
            assertThat(held.release()).hasSize(2);
        }
        assertThat(moved.get(60, TimeUnit.SECONDS).complete()).isTrue();
        assertThat(recovered.get(60, TimeUnit.SECONDS)).isNotNull();
    }

    private RebalanceReport drain() {
        ShardConfig empty = config.shard("eu-2").orElseThrow().withWeight(0);
        try (Ringshard mover = Ringshard.open(config.withShard(empty))) {
            return mover.rebalancer().run(mover.rebalancer().plan(), progress -> {});
        }
    }

    @Test
    void what_a_dead_mover_has_handed_over_is_taken_before_the_point_is_written() throws SQLException {
        long first = database("eu-1").number("SELECT min(first_token) FROM ringshard.owned_range");
        try (HandMover dead =
                new HandMover(database("eu-1"), database("eu-2"), "eu-2", config.shardedTables(), first)) {
            dead.lock();
            dead.stage();
            dead.handOver();
        }
        try (LockedCluster held = LockedCluster.hold(threads, shards.all())) {
            assertThatThrownBy(() -> held.requireWhole(said -> new ClusterReading(config, said, Set.of())))
                    .isInstanceOf(ContentionException.class)
                    .hasMessageContaining("shard eu-1 has handed over are not taken yet");
        }

        BackupPoint point = cluster.backupPoint("after-a-dead-mover");

        assertThat(point.shards()).extracting(BackupPoint.OnShard::shard).containsExactly("eu-1", "eu-2");
        assertThat(database("eu-1").number("SELECT count(*) FROM ringshard.handover"))
                .isZero();
        assertThat(database("eu-2").number("SELECT count(*) FROM ringshard.owned_range WHERE first_token = " + first))
                .isEqualTo(1);
        cluster.recover();
    }

    @Test
    void the_point_waits_for_a_message_that_is_being_taken() throws Exception {
        Shard taker = shards.get("eu-2");
        CompletableFuture<BackupPoint> point;
        String taken;
        try (ShardTransaction taking = taker.begin(Connection.TRANSACTION_READ_COMMITTED)) {
            taking.run(inside -> {
                DeliveryLock.share(inside.dsl());
                return true;
            });
            point = CompletableFuture.supplyAsync(() -> cluster.backupPoint("after-a-message"), threads);
            awaitWaiting("eu-2", "advisory");
            taken = String.valueOf(database("eu-2").text("SELECT pg_current_wal_insert_lsn()"));
            assertThat(point).isNotDone();
            taking.commit();
        }
        String position = point.get(60, TimeUnit.SECONDS).shards().get(1).position();
        assertThat(database("eu-2").text("SELECT '%s'::pg_lsn > '%s'::pg_lsn".formatted(position, taken)))
                .isEqualTo("t");
    }
}
