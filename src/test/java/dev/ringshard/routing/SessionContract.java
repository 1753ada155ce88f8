package dev.ringshard.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What work sets for its session does not reach whoever gets the connection next: here the same thread, to which a pool gives
 * what it gave back last. Of what a function of the application's sets, called by a statement that does not say so, nothing
 * is shown.
 */
abstract class SessionContract extends RoutedCluster {

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

    @ParameterizedTest
    @MethodSource("schemas")
    void a_schema_that_work_sets_is_not_there_for_the_next(String schema) {
        assertUndone(work -> {
            work.connection().setSchema(schema);
            return work.shard();
        });
    }

    private void assertUndone(KeyedTransaction.Work<Object> change) {
        String key = parcelOn("eu-1");
        String before = state(key);

        try {
            ringshard.router().transaction(key, change);
        } catch (RuntimeException refused) {
            assertThat(refused).isNotNull(); // on H2 some of it commits what came before, or the work failed
        }

        assertThat(state(key)).isEqualTo(before);
        assertThat(parcels.find(key)).isPresent();
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
