package dev.ringshard.routing;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.ringshard.config.DatabaseKind;
import dev.ringshard.internal.fence.Fence;
import org.junit.jupiter.api.Test;

class FencePostgresTest extends FenceContract {
    @Override
    DatabaseKind kind() {
        return DatabaseKind.POSTGRESQL;
    }

    @Override
    String announceMover() {
        return "SET ringshard.mover = 'on'";
    }

    @Override
    void awaitLockWait() {
        await().until(() -> {
            try (var connection = database().connect();
                    var statement = connection.createStatement();
                    var row = statement.executeQuery("SELECT count(*) FROM pg_stat_activity"
                            + " WHERE datname = current_database() AND wait_event_type = 'Lock'")) {
                return row.next() && row.getInt(1) > 0;
            }
        });
    }

    @Test
    void two_writers_of_one_range_do_not_wait_for_each_other() throws Exception {
        try (var one = database().connect();
                var other = database().connect()) {
            one.setAutoCommit(false);
            other.setAutoCommit(false);
            Fence.enter(one, 1_500);
            Fence.enter(other, 1_501);
            other.commit();
            one.commit();
        }
    }

    @Test
    void overlapping_ranges_cannot_be_stored() {
        assertThatThrownBy(() -> sql(
                        "INSERT INTO ringshard.owned_range (first_token, last_token, epoch) VALUES (1999, 3000, 2)"))
                .hasMessageContaining("owned_range_no_overlap");
    }

    @Test
    void the_last_token_of_all_can_be_owned() throws Exception {
        sql("INSERT INTO ringshard.owned_range (first_token, last_token, epoch) VALUES (3000, 9223372036854775807, 1)");
        assertThatThrownBy(
                        () -> sql(
                                "INSERT INTO ringshard.owned_range (first_token, last_token, epoch) VALUES (9223372036854775807, 9223372036854775807, 2)"))
                .hasMessageContaining("owned_range_no_overlap");
    }

    @Test
    void truncating_a_sharded_table_is_refused() {
        assertThatThrownBy(() -> sql("TRUNCATE stamps")).hasMessageContaining("TRUNCATE of the sharded table stamps");
        assertThatThrownBy(() -> sql("TRUNCATE parcels, stamps")).hasMessageContaining("TRUNCATE of the sharded table");
    }
}
