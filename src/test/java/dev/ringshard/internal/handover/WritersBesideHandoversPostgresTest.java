package dev.ringshard.internal.handover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.config.DatabaseKind;
import dev.ringshard.failure.ContentionException;
import dev.ringshard.failure.StaleVersionException;
import dev.ringshard.internal.handover.Handover.StagedChunk;
import dev.ringshard.internal.ownership.OwnedRange;
import dev.ringshard.internal.ownership.OwnedRangeTable;
import dev.ringshard.internal.shard.FailureKind;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.Shards;
import dev.ringshard.ring.TokenRange;
import dev.ringshard.testing.OpenCluster;
import dev.ringshard.testing.Parcel;
import dev.ringshard.testing.Parcels;
import dev.ringshard.testing.TestDatabase;
import dev.ringshard.testing.Threads;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Eight writers, whom the fence alone keeps apart from a mover, add to rows that go to and fro; what was committed is there in the
 * end. Between two handovers the slots are opened, so that writers pass without the row of their range when the next one begins.
 *
 * <p>That a mover who waits for nobody loses a write shows only now and then this way; {@link
 * #nothing_is_copied_before_who_has_passed_has_committed} shows it each time.
 */
class WritersBesideHandoversPostgresTest {
    private static final int WRITERS = 8;
    private static final int PARCELS = 16;
    private static final int HANDOVERS = 16;

    /** So that a claim meets many who have written and not committed. */
    private static final int STATEMENTS_BEFORE_COMMIT = 10;

    private final OpenCluster cluster;
    private final Shards shards;
    private final List<TestDatabase> databases;
    private final AtomicBoolean ends = new AtomicBoolean();
    private final AtomicLong passed = new AtomicLong();

    WritersBesideHandoversPostgresTest() throws SQLException {
        cluster = OpenCluster.ofParcels(List.of(DatabaseKind.POSTGRESQL, DatabaseKind.POSTGRESQL));
        shards = Shards.open(cluster.config().shards());
        databases = cluster.config().shards().stream().map(TestDatabase::of).toList();
        new Parcels(cluster.ringshard())
                .createAll(IntStream.range(0, PARCELS)
                        .mapToObj(i -> Parcel.of("p-" + i, "1.00"))
                        .toList());
    }

    @AfterEach
    void everything_is_sound_in_the_end() throws SQLException {
        cluster.assertSound();
        shards.close();
        cluster.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {Connection.TRANSACTION_READ_COMMITTED, Connection.TRANSACTION_REPEATABLE_READ})
    void no_write_slips_through(int isolation) throws SQLException {
        List<Long> committed =
                Threads.atOnce(WRITERS + 1, thread -> thread == WRITERS ? moveToAndFro() : write(thread, isolation));

        long handled = 0;
        for (TestDatabase database : databases) {
            handled += database.number(
                    "SELECT coalesce(sum(handled), 0) FROM parcels WHERE ringshard.is_owned(ring_token)");
        }
        assertThat(handled)
                .isEqualTo(committed.stream().mapToLong(Long::longValue).sum())
                .isPositive();
        boolean mayPass = isolation == Connection.TRANSACTION_READ_COMMITTED;
        assertThat(passed.get() > 0).as("some passed without a row").isEqualTo(mayPass);
    }

    @Test
    void nothing_is_copied_before_who_has_passed_has_committed() throws SQLException {
        shards.all().forEach(OwnedRangeTable::openSlots);
        Chunk chunk = new Chunk(shards.get("eu-1"), shards.get("eu-2"), ofParcels());
        Handover mover = new Handover("parcels", Parcels.TABLES, System::nanoTime, step -> {});
        try (Connection writer = databases.get(0).connect()) {
            writer.setAutoCommit(false);
            try (PreparedStatement update = writer.prepareStatement("UPDATE parcels SET handled = 7")) {
                assertThat(update.executeUpdate()).isPositive();
            }
            assertThat(holdsNoRow(writer)).isTrue();

            assertThatThrownBy(() -> mover.stage(chunk)).isInstanceOf(ContentionException.class);

            writer.commit();
        }
        move(chunk);
        assertThat(databases.get(1).number("SELECT count(*) FROM parcels WHERE handled = 7"))
                .isPositive();
        recover();
    }

    private long moveToAndFro() {
        try {
            List<TokenRange> ranges = ofParcels();
            Chunk there = new Chunk(shards.get("eu-1"), shards.get("eu-2"), ranges);
            Chunk back = new Chunk(shards.get("eu-2"), shards.get("eu-1"), ranges);
            for (int i = 0; i < HANDOVERS; i++) {
                move(i % 2 == 0 ? there : back);
                shards.all().forEach(OwnedRangeTable::openSlots);
            }
            recover();
            return 0;
        } finally {
            ends.set(true);
        }
    }

    private void move(Chunk chunk) {
        Handover mover = new Handover("parcels", Parcels.TABLES, System::nanoTime, step -> {});
        while (!owned(chunk.target()).containsAll(chunk.ranges())) {
            try {
                StagedChunk staged = untilNobodyIsInTheWay(() -> mover.stage(chunk));
                untilNobodyIsInTheWay(() -> mover.handOver(mover.catchUp(staged)));
            } catch (StaleVersionException committed) {
                recover(); // somebody was in the way of the activation
            }
        }
    }

    private void recover() {
        new Recovery(shards, Parcels.TABLES, Optional.empty()).run();
    }

    private static List<TokenRange> owned(Shard shard) {
        return shard.snapshot(looking -> OwnedRangeTable.all(looking.dsl())).stream()
                .map(OwnedRange::range)
                .toList();
    }

    private static <T> T untilNobodyIsInTheWay(Supplier<T> attempt) {
        while (true) {
            try {
                return attempt.get();
            } catch (ContentionException busy) {
                Thread.onSpinWait();
            }
        }
    }

    /** The ranges of the first two parcels that eu-1 owns: everybody writes to those and to others. */
    private List<TokenRange> ofParcels() {
        List<Long> tokens = IntStream.range(0, PARCELS)
                .mapToObj(i -> cluster.ringshard().router().token("p-" + i))
                .toList();
        return owned(shards.get("eu-1")).stream()
                .filter(range -> tokens.stream().anyMatch(range::contains))
                .limit(2)
                .toList();
    }

    /** Returns how often it has committed. */
    private long write(int thread, int isolation) throws SQLException {
        RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
        List<Connection> connections = new ArrayList<>();
        for (TestDatabase database : databases) {
            Connection connection = database.connect();
            connection.setTransactionIsolation(isolation);
            connection.setAutoCommit(false);
            connections.add(connection);
        }
        long committed = 0;
        while (!ends.get()) {
            String key = "p-" + random.nextInt(PARCELS);
            for (Connection connection : connections) {
                committed += add(connection, key, thread % 2 == 0);
            }
        }
        for (Connection connection : connections) {
            connection.close();
        }
        return committed;
    }

    private int add(Connection connection, String key, boolean enters) throws SQLException {
        try {
            if (enters) {
                try (PreparedStatement enter = connection.prepareStatement("SELECT ringshard.enter(?)")) {
                    enter.setLong(1, cluster.ringshard().router().token(key));
                    enter.execute();
                }
            }
            int rows;
            try (PreparedStatement update =
                    connection.prepareStatement("UPDATE parcels SET handled = handled + 1 WHERE parcel_key = ?")) {
                update.setString(1, key);
                rows = update.executeUpdate();
            }
            for (int i = 0; rows > 0 && i < STATEMENTS_BEFORE_COMMIT; i++) {
                if (holdsNoRow(connection)) {
                    passed.incrementAndGet();
                }
            }
            connection.commit();
            return rows;
        } catch (SQLException refused) {
            connection.rollback();
            if (refused.getSQLState().equals(FailureKind.NOT_OWNER_STATE)
                    || refused.getSQLState().startsWith("40")) {
                return 0;
            }
            throw refused;
        }
    }

    private static boolean holdsNoRow(Connection connection) throws SQLException {
        try (PreparedStatement held = connection.prepareStatement("SELECT 1 FROM pg_locks WHERE pid = pg_backend_pid()"
                        + " AND relation = CAST('ringshard.owned_range' AS regclass) AND mode = 'RowShareLock'");
                var row = held.executeQuery()) {
            return !row.next();
        }
    }
}
