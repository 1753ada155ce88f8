package dev.ringshard.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.Ringshard;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.testing.Parcels;
import dev.ringshard.testing.TestCluster;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A fenced statement and the check of its key are one transaction, whatever the driver is set to and whatever the parameters are:
 * the statement itself sees the lock that the check took.
 */
class OneTransactionPostgresTest {
    /** As often as a driver takes to prepare a statement on the server, and some more. */
    private static final int EXECUTIONS = 12;

    private static final FencedStatement LOCKS = FencedStatement.of("""
            SELECT least(count(*), 1), CAST(? AS text), CAST(? AS text) FROM pg_locks
            WHERE pid = pg_backend_pid() AND (relation = CAST('ringshard.owned_range' AS regclass) AND mode = 'RowShareLock'
                OR locktype = 'advisory' AND classid = 1919512167 AND mode = 'ShareLock')""");

    private final RingshardConfig founded = Parcels.founded(DatabaseKind.POSTGRESQL, 1);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "prepareThreshold=1",
                "prepareThreshold=0",
                "stringtype=unspecified",
                "preferQueryMode=extendedForPrepared",
                "preferQueryMode=extendedCacheEverything",
                "binaryTransfer=false",
                "autosave=always",
                "autosave=conservative",
                "preparedStatementCacheQueries=0"
            })
    void a_statement_sees_the_lock_of_its_entering(String setting) {
        try (Ringshard ringshard = Ringshard.open(TestCluster.withSetting(founded, setting))) {
            for (List<Object> parameters : PARAMETERS) {
                for (int i = 0; i < EXECUTIONS; i++) {
                    assertThat(ringshard.router().query("p-1", LOCKS, row -> row.getLong(1), parameters.toArray()))
                            .as("%s, execution %d", parameters, i)
                            .containsExactly(1L);
                }
            }
        }
    }

    private static final List<List<Object>> PARAMETERS = List.of(
            Arrays.asList("a text", 7L),
            Arrays.asList(null, null),
            Arrays.asList("a text", null),
            Arrays.asList(new Timestamp(0), LocalDate.EPOCH),
            Arrays.asList(Instant.EPOCH.atOffset(ZoneOffset.UTC), UUID.randomUUID()),
            Arrays.asList("a text", 7L));

    @ParameterizedTest
    @ValueSource(strings = {"preferQueryMode=simple", "prepareThreshold=-1"})
    void a_driver_that_would_split_them_is_refused(String setting) {
        try (Ringshard ringshard = Ringshard.open(TestCluster.withSetting(founded, setting))) {
            assertThatThrownBy(() -> ringshard.router().query("p-1", LOCKS, row -> row.getLong(1), "a", "b"))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining(setting)
                    .hasMessageContaining("Nothing was run");
        }
    }
}
