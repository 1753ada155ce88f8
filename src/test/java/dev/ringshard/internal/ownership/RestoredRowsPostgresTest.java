package dev.ringshard.internal.ownership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.config.DatabaseKind;
import dev.ringshard.testing.Parcels;
import dev.ringshard.testing.TestDatabase;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

/** What tells that a row came out of a dump or by logical replication, and how it comes to count again. */
class RestoredRowsPostgresTest {
    private static final String CAME = "SELECT count(*) FROM ringshard.owned_range WHERE is_restored";
    private static final String IS_OPEN = "SELECT coalesce(ringshard.passes(1000000), false)::int";
    private static final String OF_ANOTHER_SERVER = """
            CREATE OR REPLACE FUNCTION ringshard.number_of(table_number oid) RETURNS bigint LANGUAGE sql IMMUTABLE
                RETURN table_number::bigint * 3""";

    private final TestDatabase database =
            TestDatabase.of(Parcels.founded(DatabaseKind.POSTGRESQL, 1).shards().get(0));
    private final long ranges;

    RestoredRowsPostgresTest() throws SQLException {
        this.ranges = database.number("SELECT count(*) FROM ringshard.owned_range WHERE NOT is_restored");
        assertThat(ranges).isPositive();
    }

    /** Two servers that are made in the same way give their tables the same numbers. */
    @Test
    void the_number_of_a_table_is_not_enough() throws SQLException {
        database.execute("UPDATE ringshard.owned_range SET table_number = tableoid::bigint");
        assertThat(database.number(CAME)).isEqualTo(ranges);
    }

    /** Which copies files, so that rows stay as they are, and gives the server another number. */
    @Test
    void a_row_that_changes_after_pg_upgrade_counts_as_before() throws SQLException {
        database.execute(OF_ANOTHER_SERVER);
        database.execute("UPDATE ringshard.owned_range SET epoch = epoch + 1");
        assertThat(database.number(CAME)).isZero();
    }

    @Test
    void a_row_that_came_stays_one_when_it_changes() throws SQLException {
        database.execute("UPDATE ringshard.owned_range SET table_number = 1");
        database.execute("UPDATE ringshard.owned_range SET epoch = epoch + 1");
        assertThat(database.number(CAME)).isEqualTo(ranges);
    }

    @Test
    void logical_replication_fills_a_database_and_movers_wait_until_it_was_compared() throws SQLException {
        String change = "SET session_replication_role = replica; DELETE FROM ringshard.owned_range WHERE epoch < 0";
        database.execute("UPDATE ringshard.membership SET table_number = 1");

        database.execute(change);

        assertThatThrownBy(() -> database.execute("SET ringshard.mover = 'on'; " + change))
                .hasMessageContaining("nobody has compared it");
        database.execute("SELECT ringshard.accept_restored()");
        database.execute("SET ringshard.mover = 'on'; " + change);
    }

    /** It brings rows, and none of the counters that gave them numbers. */
    @Test
    void who_accepts_a_shard_sets_its_counters_past_what_has_come() throws SQLException {
        database.execute("INSERT INTO ringshard.log_mark (mark_number, mark) VALUES (100, 1)");
        database.execute("SELECT ringshard.accept_restored()");
        database.execute("INSERT INTO ringshard.log_mark (mark) VALUES (2)");
        assertThat(database.number("SELECT max(mark_number) FROM ringshard.log_mark"))
                .isEqualTo(101);
    }

    /** Which disables all triggers meanwhile, and enables them only for those who are no replica. */
    @Test
    void who_accepts_a_shard_has_the_triggers_fire_for_movers_again_after_a_dump_of_data_alone() throws SQLException {
        String always =
                "SELECT count(*) FROM pg_trigger WHERE tgrelid = 'ringshard.owned_range'::regclass AND tgenabled = 'A'";
        assertThat(database.number(always)).isEqualTo(3);
        database.execute("ALTER TABLE ringshard.owned_range DISABLE TRIGGER ALL");
        database.execute("ALTER TABLE ringshard.owned_range ENABLE TRIGGER ALL");
        assertThat(database.number(always)).isZero();

        database.execute("SELECT ringshard.accept_restored()");
        assertThat(database.number(always)).isEqualTo(3);
    }

    /** As where data alone was put back and no trigger fired: sequences have the values of the dump, and the table another number. */
    @Test
    void no_slot_is_open_beside_another_table_of_the_same_name() throws SQLException {
        database.execute("SELECT ringshard.open_slots()");
        assertThat(database.number(IS_OPEN)).isOne();
        database.execute("""
                ALTER TABLE ringshard.owned_range RENAME TO dumped;
                CREATE TABLE ringshard.owned_range (LIKE ringshard.dumped INCLUDING ALL);
                INSERT INTO ringshard.owned_range (first_token, last_token, epoch, table_number)
                    SELECT first_token, last_token, epoch, table_number FROM ringshard.dumped""");
        assertThat(database.number(CAME)).isEqualTo(ranges);
        assertThat(database.number(IS_OPEN)).isZero();
        assertThatThrownBy(() -> database.execute("SELECT ringshard.enter(1000000)"))
                .hasMessageContaining("does not own");

        database.execute("SELECT ringshard.accept_restored()");
        database.execute("SELECT ringshard.open_slots()");
        assertThat(database.number(IS_OPEN)).isOne();
    }
}
