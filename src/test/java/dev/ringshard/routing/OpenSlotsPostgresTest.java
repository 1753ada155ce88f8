package dev.ringshard.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.ringshard.Ringshard;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.internal.fence.Fence;
import dev.ringshard.testing.EmbeddedServer;
import dev.ringshard.testing.Parcels;
import dev.ringshard.testing.PostgresServer;
import dev.ringshard.testing.TestCluster;
import dev.ringshard.testing.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a slot is open, a writer passes the fence without a row; who changes the ownership waits for him, and from then on no one passes. */
class OpenSlotsPostgresTest {
    /** In the first slot above 0. */
    private static final long TOKEN = 1_000_000;

    /** In another slot of the same part. */
    private static final long BESIDE = TOKEN + (1L << 53);

    private static final String RANGE = " WHERE first_token <= 1000000 AND last_token >= 1000000";
    private static final String CHANGE = "UPDATE ringshard.owned_range SET epoch = epoch + 1" + RANGE;
    private static final String CHANGE_SOON = "SET lock_timeout = 100; " + CHANGE;
    private static final String IS_OPEN = "SELECT ringshard.passes(1000000)::int";
    private static final String ROWS_HELD = "SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid()"
            + " AND relation = CAST('ringshard.owned_range' AS regclass) AND mode = 'RowShareLock'";
    private static final String INSERT =
            "INSERT INTO parcels (parcel_key, label, ring_token) VALUES ('p-1', 'fragile', " + TOKEN + ")";

    private final TestDatabase database =
            TestDatabase.of(Parcels.founded(DatabaseKind.POSTGRESQL, 1).shards().get(0));

    @BeforeEach
    void all_slots_are_open() throws SQLException {
        database.execute("SELECT ringshard.open_slots()");
        assertThat(database.number(IS_OPEN)).isOne();
    }

    @Test
    void a_writer_in_an_open_slot_locks_no_row_and_entering_takes_no_transaction_id() throws SQLException {
        try (Connection writer = begun()) {
            Fence.enter(writer, TOKEN);
            assertThat(number(writer, "SELECT count(pg_current_xact_id_if_assigned())"))
                    .isZero();
            run(writer, INSERT);
            run(writer, "UPDATE parcels SET label = 'heavy' WHERE parcel_key = 'p-1'");
            run(writer, "INSERT INTO stamps VALUES ('p-1', 'first', 0)");
            run(writer, "DELETE FROM stamps");
            run(writer, "DELETE FROM parcels");
            assertThat(number(writer, ROWS_HELD)).isZero();
        }
    }

    @Test
    void a_row_that_changes_its_key_or_has_none_is_looked_at_as_before() throws SQLException {
        database.execute(INSERT);
        try (Connection writer = begun()) {
            run(writer, "UPDATE parcels SET ring_token = " + BESIDE);
            assertThat(number(writer, ROWS_HELD)).isOne();
            assertThatThrownBy(() -> run(writer, "UPDATE parcels SET ring_token = NULL"))
                    .hasMessageContaining("has no ring_token");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"UPDATE", "DELETE", "TRUNCATE"})
    void who_changes_a_range_waits_for_who_has_passed(String change) throws SQLException {
        String sql = "SET lock_timeout = 100; SET session_replication_role = replica; "
                + switch (change) {
                    case "UPDATE" -> CHANGE;
                    case "DELETE" -> "DELETE FROM ringshard.owned_range" + RANGE;
                    default -> "TRUNCATE ringshard.owned_range";
                };
        try (Connection writer = begun()) {
            Fence.enter(writer, TOKEN);
            assertThatThrownBy(() -> database.execute(sql)).hasMessageContaining("lock timeout");
            run(writer, INSERT);
            writer.commit();
        }
        database.execute(sql);
    }

    @Test
    void nobody_waits_for_a_mover_that_waits() throws Exception {
        try (Connection writer = begun();
                Connection mover = begun();
                Connection newcomer = begun()) {
            Fence.enter(writer, TOKEN);
            CompletableFuture<Void> closing =
                    CompletableFuture.runAsync(() -> quietly(mover, "SELECT ringshard.close_slots(1000000, 1000000)"));
            await().until(() -> database.number("SELECT count(*) FROM pg_stat_activity"
                            + " WHERE datname = current_database() AND wait_event_type = 'Lock'")
                    > 0);

            run(newcomer, "SET LOCAL lock_timeout = 100");
            Fence.enter(newcomer, TOKEN);

            assertThat(number(newcomer, ROWS_HELD)).isOne();
            assertThat(closing).isNotDone();
            writer.commit();
            closing.get(10, TimeUnit.SECONDS);
        }
    }

    /** The writer has the lock already, and would get it once more. */
    @Test
    void who_has_passed_passes_no_more_once_a_mover_waits_for_him() throws Exception {
        try (Connection writer = begun();
                Connection mover = begun()) {
            Fence.enter(writer, TOKEN);
            assertThatThrownBy(() ->
                            run(mover, "SET LOCAL lock_timeout = 100; SELECT ringshard.close_slots(1000000, 1000000)"))
                    .hasMessageContaining("lock timeout");

            run(writer, INSERT);

            assertThat(number(writer, ROWS_HELD)).isOne();
        }
    }

    @Test
    void what_is_rolled_back_to_a_savepoint_holds_nobody_off_and_what_came_before_it_does() throws SQLException {
        try (Connection writer = begun()) {
            run(writer, "SAVEPOINT before");
            Fence.enter(writer, TOKEN);
            run(writer, INSERT);
            run(writer, "ROLLBACK TO SAVEPOINT before");
            database.execute(CHANGE_SOON);
            database.execute("SELECT ringshard.open_slots()");

            Fence.enter(writer, TOKEN);
            run(writer, "SAVEPOINT later");
            run(writer, INSERT);
            run(writer, "ROLLBACK TO SAVEPOINT later");
            assertThatThrownBy(() -> database.execute(CHANGE_SOON)).hasMessageContaining("lock timeout");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {Connection.TRANSACTION_REPEATABLE_READ, Connection.TRANSACTION_SERIALIZABLE})
    void a_snapshot_of_before_the_range_came_is_refused_though_its_slot_is_open(int isolation) throws SQLException {
        database.execute("CREATE TABLE kept AS SELECT * FROM ringshard.owned_range" + RANGE);
        database.execute("DELETE FROM ringshard.owned_range" + RANGE);
        try (Connection writer = database.connect()) {
            writer.setTransactionIsolation(isolation);
            writer.setAutoCommit(false);
            number(writer, "SELECT count(*) FROM parcels");
            database.execute("INSERT INTO ringshard.owned_range SELECT first_token, last_token, epoch FROM kept");
            database.execute("SELECT ringshard.open_slots()");
            assertThat(database.number(IS_OPEN)).isOne();

            assertThatThrownBy(() -> Fence.enter(writer, TOKEN)).hasMessageContaining("does not own token");
        }
    }

    @Test
    void slots_of_what_is_being_copied_are_not_opened_and_those_beside_it_are() throws SQLException {
        database.execute("BEGIN; SELECT ringshard.close_slots(0, 0);"
                + " UPDATE ringshard.owned_range SET last_token = 1999999" + RANGE
                + "; INSERT INTO ringshard.owned_range SELECT 2000000, (1::bigint << 58) - 1, 1; COMMIT");
        database.execute("UPDATE ringshard.owned_range SET is_logged = true" + RANGE);
        assertThat(database.number(IS_OPEN)).isZero();

        database.execute("SELECT ringshard.open_slots()");

        assertThat(database.number(IS_OPEN)).isZero();
        assertThat(database.number("SELECT ringshard.passes(%d)::int".formatted(BESIDE)))
                .isOne();
        try (Connection writer = begun()) {
            run(writer, INSERT);
            assertThat(number(writer, "SELECT count(*) FROM ringshard.change")).isOne();
        }
    }

    @Test
    void slots_that_are_not_owned_wholly_are_not_opened() throws SQLException {
        database.execute("DELETE FROM ringshard.owned_range; INSERT INTO ringshard.owned_range"
                + " VALUES (1, (1::bigint << 58) - 1, 1), (%d, %d, 1)"
                        .formatted(Long.MAX_VALUE - (1L << 52) + 1, Long.MAX_VALUE));

        database.execute("SELECT ringshard.open_slots()");

        assertThat(database.number(IS_OPEN)).isZero();
        for (long open : List.of(1L << 52, BESIDE, Long.MAX_VALUE, Long.MAX_VALUE - (1L << 52) + 1)) {
            assertThat(database.number("SELECT ringshard.passes(%d)::int".formatted(open)))
                    .as("%d", open)
                    .isOne();
        }
        for (long closed : List.of(0L, -1L, Long.MIN_VALUE, 1L << 58, Long.MAX_VALUE - (1L << 52))) {
            assertThat(database.number("SELECT coalesce(ringshard.passes(%d), false)::int".formatted(closed)))
                    .as("%d", closed)
                    .isZero();
        }
    }

    @Test
    void while_somebody_changes_the_ownership_nothing_is_opened_and_who_enters_then_opens() throws SQLException {
        try (Connection mover = begun()) {
            run(mover, CHANGE);
            run(mover, "SELECT ringshard.open_slots()");
            database.execute("SELECT ringshard.open_slots()");
            assertThat(database.number(IS_OPEN)).isZero();
            mover.commit();
        }
        assertThat(database.number(IS_OPEN)).isZero();
        enterOnce();
        assertThat(database.number(IS_OPEN)).isOne();
    }

    @Test
    void a_change_that_is_rolled_back_leaves_them_closed_until_they_are_opened() throws SQLException {
        try (Connection mover = begun()) {
            run(mover, CHANGE);
            mover.rollback();
        }
        assertThat(database.number(IS_OPEN)).isZero();
        database.execute("SELECT ringshard.open_slots()");
        assertThat(database.number(IS_OPEN)).isOne();
    }

    @Test
    void who_opens_holds_nobody_off_before_his_transaction_ends() throws SQLException {
        try (Connection opener = begun()) {
            run(opener, "SELECT ringshard.open_slots()");
            database.execute(CHANGE_SOON);
        }
    }

    /** Of a role that may read all there is. */
    @Test
    void a_role_without_rights_sets_nothing_and_opens_only_what_is_true() throws SQLException {
        try (Connection reader = begun()) {
            run(reader, "SET LOCAL ROLE pg_read_all_data");
            for (String attempt : List.of(
                    "SELECT setval('ringshard.slots_32', -1)",
                    "SELECT nextval('ringshard.slots_32')",
                    "SELECT ringshard.close_slots(0, 0)",
                    "SELECT ringshard.forget_slots()")) {
                run(reader, "SAVEPOINT before");
                assertThatThrownBy(() -> run(reader, attempt)).hasMessageContaining("permission denied");
                run(reader, "ROLLBACK TO SAVEPOINT before");
            }
        }
        database.execute("UPDATE ringshard.owned_range SET is_logged = true" + RANGE);
        database.execute("SET ROLE pg_read_all_data; SELECT ringshard.open_slots()");
        assertThat(database.number(IS_OPEN)).isZero();
    }

    @Test
    void after_a_crash_none_is_open_until_somebody_enters() throws SQLException {
        try (EmbeddedServer server = PostgresServer.start(true)) {
            TestDatabase crashing = server.createDatabase();
            Ringshard.init(Parcels.config(TestCluster.shards(List.of(crashing))));
            crashing.execute("SELECT ringshard.open_slots(); CHECKPOINT");
            assertThat(crashing.number(IS_OPEN)).isOne();

            server.kill();
            server.restart();

            assertThat(crashing.number("SELECT coalesce(ringshard.passes(1000000), false)::int"))
                    .isZero();
            crashing.execute("SELECT ringshard.enter(1000000)");
            assertThat(crashing.number(IS_OPEN)).isOne();
        }
    }

    @Test
    void what_a_restore_computes_last_forgets_what_was_open() throws SQLException {
        database.execute("REFRESH MATERIALIZED VIEW ringshard.slots_of_a_dump");
        assertThat(
                        database.number(
                                "SELECT count(pg_sequence_last_value(ringshard.slots(part)))"
                                        + " + count(pg_sequence_last_value('ringshard.slots_opened')) FROM generate_series(-32, 31) part"))
                .isZero();
        enterOnce();
        assertThat(database.number(IS_OPEN)).isOne();
    }

    private void enterOnce() throws SQLException {
        try (Connection writer = begun()) {
            Fence.enter(writer, TOKEN);
            writer.commit();
        }
    }

    private Connection begun() throws SQLException {
        Connection connection = database.connect();
        connection.setAutoCommit(false);
        return connection;
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static void quietly(Connection connection, String sql) {
        try {
            run(connection, sql);
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    private static long number(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }
}
