package dev.ringshard.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingConfig;
import dev.ringshard.internal.fence.Fence;
import dev.ringshard.internal.ownership.HeldRanges;
import dev.ringshard.internal.ownership.OwnedRange;
import dev.ringshard.internal.ownership.OwnedRangeTable;
import dev.ringshard.internal.shard.FailureKind;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.ShardTransaction;
import dev.ringshard.internal.shard.Shards;
import dev.ringshard.ring.TokenRange;
import dev.ringshard.testing.Parcels;
import dev.ringshard.testing.TestCluster;
import dev.ringshard.testing.TestDatabase;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The fence as anybody meets it who connects to the database, without the library. */
abstract class FenceContract {
    private static final long FIRST = 1_000;
    private static final long LAST = 1_999;
    private static final long INSIDE = 1_500;
    private static final long OUTSIDE = 5_000;
    private static final long TOKEN_OF_INSIDE = RingConfig.DEFAULT.hash().token("inside");

    private final TestDatabase database =
            TestDatabase.of(Parcels.founded(kind(), 1).shards().get(0));
    private final ExecutorService executor = Executors.newCachedThreadPool();

    abstract DatabaseKind kind();

    @BeforeEach
    void a_shard_that_owns_one_range() throws SQLException {
        sql("DELETE FROM ringshard.owned_range");
        sql("INSERT INTO ringshard.owned_range (first_token, last_token, epoch) VALUES (1000, 1999, 1)");
    }

    @AfterEach
    void stop() {
        executor.shutdownNow();
    }

    @Test
    void entering_an_owned_token_is_granted_at_both_ends_of_the_range() throws SQLException {
        try (Connection connection = database.connect()) {
            Fence.enter(connection, FIRST);
            Fence.enter(connection, INSIDE);
            Fence.enter(connection, LAST);
        }
    }

    @Test
    void entering_a_token_right_beside_the_range_is_refused() throws SQLException {
        try (Connection connection = database.connect()) {
            for (long token : new long[] {FIRST - 1, LAST + 1, Long.MIN_VALUE, Long.MAX_VALUE}) {
                assertThatThrownBy(() -> Fence.enter(connection, token))
                        .isInstanceOfSatisfying(SQLException.class, refusal -> assertThat(refusal.getSQLState())
                                .isEqualTo(FailureKind.NOT_OWNER_STATE))
                        .hasMessageContaining("shard eu-1 does not own token " + token);
            }
        }
    }

    @Test
    void a_shard_that_owns_everything_grants_both_ends_of_the_ring() throws SQLException {
        sql("DELETE FROM ringshard.owned_range");
        sql("INSERT INTO ringshard.owned_range (first_token, last_token, epoch) VALUES (" + Long.MIN_VALUE
                + ", -1, 1)");
        sql("INSERT INTO ringshard.owned_range (first_token, last_token, epoch) VALUES (0, " + Long.MAX_VALUE + ", 1)");
        try (Connection connection = database.connect()) {
            for (long token : new long[] {Long.MIN_VALUE, -1, 0, Long.MAX_VALUE}) {
                Fence.enter(connection, token);
            }
        }
    }

    @Test
    void a_row_of_an_owned_token_can_be_written_by_anybody() throws SQLException {
        insertParcel("inside", INSIDE);
        sql("UPDATE parcels SET label = 'heavy' WHERE parcel_key = 'inside'");
        own(TOKEN_OF_INSIDE); // which a table without tokens computes
        insertStamp("inside");
        sql("DELETE FROM stamps WHERE parcel_key = 'inside'");
        sql("DELETE FROM parcels WHERE parcel_key = 'inside'");
        assertThat(count("parcels")).isZero();
    }

    @Test
    void inserting_a_row_of_a_foreign_token_is_refused_in_every_sharded_table() throws SQLException {
        assertRefused(() -> insertParcel("outside", OUTSIDE));
        assertRefused(() -> insertStamp("outside"));
        assertThat(count("parcels")).isZero();
        assertThat(count("stamps")).isZero();
    }

    @Test
    void a_row_cannot_be_given_a_foreign_token_nor_be_taken_from_one() throws SQLException {
        insertParcel("inside", INSIDE);
        asMover("INSERT INTO parcels (parcel_key, label, ring_token) VALUES ('left', 'A', " + OUTSIDE + ")");
        assertRefused(() -> sql("UPDATE parcels SET ring_token = " + OUTSIDE + " WHERE parcel_key = 'inside'"));
        assertRefused(() -> sql("UPDATE parcels SET ring_token = " + INSIDE + " WHERE parcel_key = 'left'"));
        assertRefused(() -> sql("UPDATE parcels SET label = 'X' WHERE parcel_key = 'left'"));
        assertRefused(() -> sql("DELETE FROM parcels WHERE parcel_key = 'left'"));
    }

    @Test
    void a_read_that_holds_movers_lets_them_go_and_keeps_its_snapshot() throws SQLException {
        try (Shards shards = Shards.open(List.of(TestCluster.shard("eu-1", database)));
                ShardTransaction read = shards.get("eu-1").beginLockingSnapshot();
                Connection mover = database.connect();
                Statement statement = mover.createStatement()) {
            statement.execute(limitLockWait());
            String move = "UPDATE ringshard.owned_range SET last_token = 1900 WHERE first_token = " + FIRST;
            assertThat(OwnedRangeTable.hold(read.dsl())).hasSize(1);
            assertThatThrownBy(() -> statement.execute(lockForUpdate())).isInstanceOf(SQLException.class);

            OwnedRangeTable.letGo(read.dsl());

            assertThat(statement.executeUpdate(move)).isEqualTo(1);
            assertThat(OwnedRangeTable.all(read.dsl())).containsExactly(new OwnedRange(new TokenRange(FIRST, LAST), 1));
        }
    }

    private static String lockForUpdate() {
        return "SELECT first_token FROM ringshard.owned_range FOR UPDATE";
    }

    private String limitLockWait() {
        return kind() == DatabaseKind.POSTGRESQL ? "SET lock_timeout = 100" : "SET LOCK_TIMEOUT 100";
    }

    @Test
    void a_mover_that_announces_itself_passes() throws SQLException {
        asMover("INSERT INTO parcels (parcel_key, label, ring_token) VALUES ('staged', 'A', " + OUTSIDE + ")");
        assertThat(count("parcels")).isEqualTo(1);
        asMover("DELETE FROM parcels WHERE parcel_key = 'staged'");
        assertThat(count("parcels")).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 101, 300})
    void rows_that_are_here_but_not_owned_are_left_out_however_many_ranges_hide_them(int hidden) throws SQLException {
        sql(IntStream.range(0, hidden)
                .mapToObj(i -> "(%1$d, %1$d, 3, 'eu-2')".formatted(OUTSIDE + i))
                .collect(Collectors.joining(
                        ", ",
                        "INSERT INTO ringshard.departed_range (first_token, last_token, epoch, target) VALUES ",
                        "")));
        asMover("INSERT INTO parcels (parcel_key, label, ring_token) VALUES ('first', 'A', %d), ('last', 'A', %d)"
                .formatted(OUTSIDE, OUTSIDE + hidden - 1));
        insertParcel("inside", INSIDE);
        try (Shards shards = Shards.open(List.of(TestCluster.shard("eu-1", database)))) {
            long visible = shards.get("eu-1")
                    .snapshot(reading -> HeldRanges.in(reading).count(reading, Parcels.TABLES.get(0)));
            assertThat(visible).isEqualTo(1);
        }
        assertThat(count("parcels")).isEqualTo(3);
    }

    @Test
    void a_refusal_names_the_shard_that_the_token_was_handed_to_by_the_newest_handover() throws SQLException {
        sql("INSERT INTO ringshard.departed_range (first_token, last_token, epoch, target)"
                + " VALUES (4000, 5999, 3, 'eu-2')");
        sql("INSERT INTO ringshard.handover (first_token, last_token, epoch, target, row_count, digest)"
                + " VALUES (4500, 5500, 7, 'eu-3', 0, 'none')");
        try (Shards shards = Shards.open(List.of(TestCluster.shard("eu-1", database)))) {
            Shard shard = shards.get("eu-1");
            var refusal = catchThrowableOfType(
                    dev.ringshard.failure.NoOwnerException.class,
                    () -> shard.transaction(transaction -> {
                        Fence.enter(transaction.connection(), OUTSIDE);
                        return true;
                    }));
            assertThat(refusal.owner()).contains("eu-3");
            assertThat(refusal).hasMessageContaining("it was handed over to shard eu-3");
        }
        assertThatThrownBy(() -> insertParcel("outside", OUTSIDE))
                .hasMessageContaining("shard eu-1 does not own token 5000: it was handed over to shard eu-3")
                .hasMessageContaining("Write through Ringshard");
    }

    @Test
    void a_point_read_says_whether_the_shard_owns_the_token_in_the_same_statement() throws SQLException {
        insertParcel("inside", INSIDE);
        asMover("INSERT INTO parcels (parcel_key, label, ring_token) VALUES ('left', 'A', " + OUTSIDE + ")");
        PointRead<String> labels = PointRead.of(
                "SELECT parcel_key, label FROM parcels WHERE parcel_key = ?", row -> row.getString("label"));
        try (Shards shards = Shards.open(List.of(TestCluster.shard("eu-1", database)))) {
            Shard shard = shards.get("eu-1");
            assertThat(labels.on(shard, INSIDE, "inside")).containsExactly("fragile");
            assertThat(labels.on(shard, INSIDE, "nobody")).isEmpty();
            assertThatThrownBy(() -> labels.on(shard, OUTSIDE, "left"))
                    .isInstanceOf(dev.ringshard.failure.NoOwnerException.class)
                    .hasMessageContaining("Shard eu-1 does not own token 5000");
            assertThatThrownBy(() -> labels.on(shard, OUTSIDE, "nobody"))
                    .isInstanceOf(dev.ringshard.failure.NoOwnerException.class);
        }
    }

    @Test
    void a_key_that_leaves_before_the_second_statement_of_a_point_read_is_not_taken_for_one_that_is_nowhere()
            throws SQLException {
        PointRead<String> labels = PointRead.of(
                "SELECT parcel_key, label FROM parcels WHERE parcel_key = ?", row -> row.getString("label"));
        AtomicInteger statements = new AtomicInteger();
        DataSource leaving = beforeEachPointRead(() -> {
            if (statements.incrementAndGet() == 2) {
                sql("DELETE FROM ringshard.owned_range"); // and whoever owns the token now may store the key
            }
        });
        try (Shards shards = Shards.open(List.of(TestCluster.shard("eu-1", kind(), leaving)))) {
            assertThatThrownBy(() -> labels.on(shards.get("eu-1"), INSIDE, "nobody"))
                    .isInstanceOf(dev.ringshard.failure.NoOwnerException.class);
            assertThat(statements).hasValue(2);
        }
    }

    /** Does something before each statement of a point read is prepared. */
    private DataSource beforeEachPointRead(SqlAction action) {
        return proxy(DataSource.class, (asked, none) -> {
            Connection connection = database.connect();
            return proxy(Connection.class, (method, arguments) -> {
                if (method.getName().equals("prepareStatement")
                        && String.valueOf(arguments[0]).contains("row_present")) {
                    action.run();
                }
                try {
                    return method.invoke(connection, arguments);
                } catch (InvocationTargetException failed) {
                    throw failed.getCause();
                }
            });
        });
    }

    private interface Call {
        @Nullable
        Object answer(Method method, @Nullable Object[] arguments) throws Throwable;
    }

    private static <T> T proxy(Class<T> type, Call call) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (self, method, arguments) -> method.getDeclaringClass() == Object.class
                        ? method.invoke(call, arguments)
                        : call.answer(method, arguments)));
    }

    @Test
    void a_fenced_statement_for_a_foreign_token_does_nothing_at_all() throws SQLException {
        insertParcel("inside", INSIDE);
        FencedStatement relabel = FencedStatement.of("UPDATE parcels SET label = ? WHERE parcel_key = ?");
        try (Shards shards = Shards.open(List.of(TestCluster.shard("eu-1", database)))) {
            Shard shard = shards.get("eu-1");
            assertThat(relabel.update(shard, List.of(INSIDE), "heavy", "inside"))
                    .isEqualTo(1);
            assertThat(relabel.update(shard, List.of(INSIDE), "heavy", "nobody"))
                    .isZero();
            assertThatThrownBy(() -> relabel.update(shard, List.of(OUTSIDE), "lost", "inside"))
                    .isInstanceOf(dev.ringshard.failure.NoOwnerException.class);
        }
        assertThat(text("SELECT label FROM parcels")).isEqualTo("heavy");
    }

    @Test
    void a_writer_that_waits_while_the_mover_holds_the_range_is_refused_once_the_range_has_left() throws Exception {
        try (Connection mover = database.connect()) {
            mover.setAutoCommit(false);
            lockRange(mover);
            Future<?> writer = executor.submit(() -> {
                insertParcel("inside", INSIDE);
                return null;
            });
            awaitLockWait();
            run(mover, "DELETE FROM ringshard.owned_range WHERE first_token = 1000");
            mover.commit();
            assertThatThrownBy(() -> writer.get(10, TimeUnit.SECONDS)).hasMessageContaining("does not own token");
        }
        assertThat(count("parcels")).isZero();
    }

    @Test
    void a_writer_that_waits_while_the_mover_gives_up_writes() throws Exception {
        try (Connection mover = database.connect()) {
            mover.setAutoCommit(false);
            lockRange(mover);
            Future<?> writer = executor.submit(() -> {
                insertParcel("inside", INSIDE);
                return null;
            });
            awaitLockWait();
            mover.rollback();
            writer.get(10, TimeUnit.SECONDS);
        }
        assertThat(count("parcels")).isEqualTo(1);
    }

    @Test
    void a_writer_that_waits_while_the_range_is_split_writes_in_the_other_half() throws Exception {
        try (Connection mover = database.connect()) {
            mover.setAutoCommit(false);
            lockRange(mover);
            Future<?> writer = executor.submit(() -> {
                insertParcel("inside", INSIDE);
                return null;
            });
            awaitLockWait();
            run(mover, "UPDATE ringshard.owned_range SET last_token = 1399 WHERE first_token = 1000");
            run(mover, "INSERT INTO ringshard.owned_range (first_token, last_token, epoch) VALUES (1400, 1999, 2)");
            mover.commit();
            writer.get(10, TimeUnit.SECONDS);
        }
        assertThat(count("parcels")).isEqualTo(1);
    }

    @Test
    void a_mover_waits_for_a_writer_that_has_entered() throws Exception {
        try (Connection writer = database.connect();
                Connection mover = database.connect()) {
            writer.setAutoCommit(false);
            Fence.enter(writer, INSIDE);
            mover.setAutoCommit(false);
            Future<?> lock = executor.submit(() -> {
                lockRange(mover);
                return null;
            });
            awaitLockWait();
            assertThat(lock.isDone()).isFalse();
            insertParcel(writer, "inside", INSIDE);
            writer.commit();
            lock.get(10, TimeUnit.SECONDS);
            assertThat(count(mover, "parcels")).isEqualTo(1);
            mover.rollback();
        }
    }

    /** Waits until some session of the database waits for a lock. */
    abstract void awaitLockWait();

    abstract String announceMover();

    final TestDatabase database() {
        return database;
    }

    private interface SqlAction {
        void run() throws SQLException;
    }

    private static void assertRefused(SqlAction action) {
        assertThatThrownBy(action::run)
                .isInstanceOfSatisfying(SQLException.class, refusal -> assertThat(refusal.getSQLState())
                        .isEqualTo(FailureKind.NOT_OWNER_STATE));
    }

    private static void lockRange(Connection mover) throws SQLException {
        try (Statement statement = mover.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT last_token FROM ringshard.owned_range WHERE first_token = 1000 FOR UPDATE")) {
            assertThat(row.next()).isTrue();
        }
    }

    private void insertParcel(String key, long token) throws SQLException {
        try (Connection connection = database.connect()) {
            insertParcel(connection, key, token);
        }
    }

    private static void insertParcel(Connection connection, String key, long token) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO parcels (parcel_key, label, ring_token) VALUES (?, 'fragile', ?)")) {
            insert.setString(1, key);
            insert.setLong(2, token);
            insert.executeUpdate();
        }
    }

    private void insertStamp(String key) throws SQLException {
        sql("INSERT INTO stamps (parcel_key, stamp, amount) VALUES ('" + key + "', 'first', 0)");
    }

    private void own(long token) throws SQLException {
        sql("INSERT INTO ringshard.owned_range (first_token, last_token, epoch) VALUES (%1$d, %1$d, 1)"
                .formatted(token));
    }

    private void asMover(String sql) throws SQLException {
        try (Connection connection = database.connect()) {
            run(connection, announceMover());
            run(connection, sql);
        }
    }

    final void sql(String sql) throws SQLException {
        try (Connection connection = database.connect()) {
            run(connection, sql);
        }
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private long count(String table) throws SQLException {
        try (Connection connection = database.connect()) {
            return count(connection, table);
        }
    }

    private static long count(Connection connection, String table) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT count(*) FROM " + table)) {
            row.next();
            return row.getLong(1);
        }
    }

    private String text(String sql) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }
}
