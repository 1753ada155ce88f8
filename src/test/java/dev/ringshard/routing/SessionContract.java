package dev.ringshard.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.config.ShardedTable;
import dev.ringshard.jdbc.ShardKey;
import dev.ringshard.scatter.RingRead;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What work sets for its session does not reach whoever gets the connection next: here the same thread, to which a pool gives
 * what it gave back last. Of what a function of the application's sets, called by a statement that does not say so, nothing
 * is shown.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class SessionContract extends RoutedCluster {
    private @Nullable String key;

    @AfterAll
    void closeCluster() {
        close();
    }

    /** Statements that change their session. */
    abstract List<String> allChanges();

    /** One text that tells what a session is like. */
    abstract String stateQuery();

    @ParameterizedTest
    @MethodSource("changes")
    void what_work_sets_by_jooq_is_not_there_for_the_next(String change) {
        assertUndone(work -> work.dsl().execute(change));
    }

    @ParameterizedTest
    @MethodSource("changes")
    void what_work_sets_by_jdbc_is_not_there_for_the_next(String change) {
        assertUndone(work -> {
            try (Statement statement = work.connection().createStatement()) {
                return statement.execute(change);
            }
        });
    }

    @ParameterizedTest
    @MethodSource("changes")
    void what_work_sets_that_fails_is_not_there_for_the_next(String change) {
        assertUndone(work -> {
            work.connection().prepareStatement(change).execute();
            throw new SQLException("this work fails");
        });
    }

    @Test
    void what_a_statement_that_is_sent_alone_sets_is_not_there_for_the_next() {
        allChanges().forEach(this::assertUndoneWhereSentAlone);
    }

    private void assertUndoneWhereSentAlone(String change) {
        assertUndoneBy(key -> ringshard.router().update(key, FencedStatement.of(change)));
        assertUndoneBy(key -> ringshard.router().query(key, FencedStatement.of(change), row -> row.getString(1)));
        assertUndoneBy(key -> ringshard.router().read(key, PointRead.of(change, row -> row.getString(1))));
        ShardedTable parcel = config.shardedTables().get(0);
        assertUndoneBy(key ->
                ringshard.scatter().read(RingRead.of(parcel, change + " /* {visible} */", row -> row.getString(1))));
    }

    @Test
    void what_a_batch_of_a_connection_sets_is_not_there_for_the_next() {
        allChanges()
                .forEach(change -> assertUndoneBy(key -> ShardKey.with(key, () -> {
                    try (Connection connection = ringshard.dataSource().getConnection();
                            Statement statement = connection.createStatement()) {
                        statement.addBatch(change);
                        return statement.executeBatch();
                    }
                })));
    }

    @Test
    void what_a_read_over_all_shards_sets_is_not_there_for_the_next() {
        allChanges()
                .forEach(change -> assertUndoneBy(
                        key -> ringshard.scatter().gather(part -> part.dsl().execute(change))));
    }

    @ParameterizedTest
    @MethodSource("schemas")
    void a_schema_that_work_sets_is_not_there_for_the_next(String schema) {
        assertUndone(work -> {
            work.connection().setSchema(schema);
            return work.shard();
        });
    }

    private void assertUndone(KeyedTransaction.Work<Object> change) {
        assertUndoneBy(key -> ringshard.router().transaction(key, change));
    }

    private interface Call {
        Object of(String key) throws SQLException;
    }

    private void assertUndoneBy(Call change) {
        String key = key();
        String before = state(key);

        try {
            change.of(key);
        } catch (SQLException | RuntimeException refused) {
            assertThat(refused).isNotNull(); // on H2 some of it commits what came before, or the work failed
        }

        assertThat(state(key)).isEqualTo(before);
        assertThat(parcels.find(key)).isPresent();
    }

    private String key() {
        if (key == null) {
            key = parcelOn("eu-1");
        }
        return key;
    }

    private String state(String key) {
        return ringshard.router().transaction(key, work -> read(work.connection()));
    }

    private String read(Connection connection) throws SQLException {
        try (var statement = connection.prepareStatement(stateQuery());
                var row = statement.executeQuery()) {
            row.next();
            return row.getString(1);
        }
    }
}
