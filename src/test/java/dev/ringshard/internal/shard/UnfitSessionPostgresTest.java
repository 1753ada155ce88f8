package dev.ringshard.internal.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.Ringshard;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.failure.ShardUnavailableException;
import dev.ringshard.testing.Parcel;
import dev.ringshard.testing.Parcels;
import dev.ringshard.testing.TestDatabase;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

/** Sessions in which Ringshard's promises would not hold are refused before anything is done in them. */
class UnfitSessionPostgresTest {
    @Test
    void sessions_in_which_no_trigger_fires_have_no_fence_and_are_refused() throws SQLException {
        RingshardConfig config = Parcels.founded(DatabaseKind.POSTGRESQL, 1);
        TestDatabase database = TestDatabase.of(config.shards().get(0));
        database.execute("ALTER DATABASE %s SET session_replication_role = replica".formatted(database.name()));

        try (Ringshard ringshard = Ringshard.open(config)) {
            assertThatThrownBy(() -> new Parcels(ringshard).create(Parcel.bare("p-1")))
                    .isInstanceOf(ShardUnavailableException.class)
                    .hasMessageContaining("no trigger fires and the fence is off")
                    .hasMessageContaining("SET session_replication_role = origin");
        }
        assertThat(database.number("SELECT count(*) FROM parcels")).isZero();
    }
}
