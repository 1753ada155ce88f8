package dev.ringshard.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.config.DatabaseKind;
import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.failure.SqlFailedException;
import dev.ringshard.jdbc.ShardKey;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.postgresql.PGStatement;
import org.postgresql.copy.CopyManager;
import org.postgresql.core.BaseConnection;
import org.postgresql.jdbc.PgConnection;

class EndedByWorkPostgresTest extends EndedByWorkContract {
    private static final String LOSE = "UPDATE parcels SET label = 'lost' WHERE parcel_key = '%s'";

    @Override
    DatabaseKind kind() {
        return DatabaseKind.POSTGRESQL;
    }

    @Test
    void the_drivers_own_interface_ends_no_transaction_and_copies() {
        String key = parcelOn("eu-1");

        ringshard.router().transaction(key, transaction -> {
            Connection connection = transaction.connection();
            transaction.dsl().execute("CREATE TEMP TABLE copied (id int) ON COMMIT DROP");
            assertThat(copied(new CopyManager(connection.unwrap(BaseConnection.class))))
                    .isEqualTo(2);
            assertThat(copied(connection.unwrap(PGConnection.class).getCopyAPI()))
                    .isEqualTo(2);
            BaseConnection own = connection.unwrap(BaseConnection.class);
            assertThatThrownBy(own::commit).isInstanceOf(InvalidInputException.class);
            assertThatThrownBy(() -> own.execSQLUpdate("COMMIT")).isInstanceOf(InvalidInputException.class);
            return transaction.dsl().fetchCount(transaction.dsl().selectFrom("copied"));
        });
    }

    private static long copied(CopyManager copying) throws SQLException {
        try {
            return copying.copyIn("COPY copied FROM STDIN", new StringReader("2\n3\n"));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    /** Of a class there can be no other one. */
    @Test
    void a_commit_by_the_drivers_own_class_is_told_when_the_work_fails_and_is_not_repeated() {
        String key = parcelOn("eu-1");
        int[] runs = {0};

        assertThatThrownBy(() -> ringshard.router().transaction(key, transaction -> {
                    runs[0]++;
                    transaction.dsl().execute("UPDATE parcels SET handled = 9 WHERE parcel_key = ?", key);
                    transaction.connection().unwrap(PgConnection.class).commit();
                    throw new SQLException("as if others were faster", "40001");
                }))
                .isInstanceOf(SqlFailedException.class)
                .hasMessageContaining("may be stored");
        assertThat(runs[0]).isOne();
    }

    @Test
    void arrays_lead_back_to_the_connection_that_refuses_and_are_taken_as_the_drivers_are() {
        String key = parcelOn("eu-1");

        ringshard.router().transaction(key, transaction -> {
            Connection connection = transaction.connection();
            try (PreparedStatement statement = connection.prepareStatement("SELECT ?::int[], ARRAY['x', 'y']")) {
                statement.setArray(1, connection.createArrayOf("int4", new Object[] {1, 2}));
                ResultSet rows = statement.executeQuery();
                rows.next();
                assertThat((Object[]) rows.getArray(1).getArray()).containsExactly(1, 2);
                assertThat(rows.getStatement()).isEqualTo(statement);
                Connection again = ((java.sql.Array) rows.getObject(2))
                        .getResultSet()
                        .getStatement()
                        .getConnection();
                assertThatThrownBy(again::commit).isInstanceOf(InvalidInputException.class);
            }
            return 1;
        });
    }

    @Test
    void what_a_routed_connection_gives_leads_back_to_it() throws SQLException {
        String key = parcelOn("eu-1");
        try (Connection connection = ringshard
                .dataSource()
                .createConnectionBuilder()
                .shardingKey(ShardKey.of(key))
                .build()) {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.executeUpdate(LOSE.formatted(key));
                ResultSet rows = statement.executeQuery("SELECT ARRAY[1, 2]");
                rows.next();
                assertThat(rows.getArray(1).getResultSet().getStatement().getConnection())
                        .isSameAs(connection);
                assertThat(rows.unwrap(org.postgresql.PGRefCursorResultSet.class))
                        .isNotNull();
                assertThat(connection
                                .createArrayOf("int4", new Object[] {1})
                                .getResultSet()
                                .getStatement()
                                .getConnection())
                        .isSameAs(connection);
                Statement own = statement;
                assertThat(own.unwrap(PGStatement.class)).isNotInstanceOf(Statement.class);
                assertThat(connection
                                .getMetaData()
                                .getTables(null, null, "parcels", null)
                                .getStatement())
                        .isNull();
                BaseConnection unwrapped = connection.unwrap(BaseConnection.class);
                assertThatThrownBy(unwrapped::commit)
                        .isInstanceOf(SQLException.class)
                        .hasMessageContaining("That call has done nothing");
                assertThatThrownBy(() -> unwrapped.execSQLUpdate("COMMIT")).isInstanceOf(SQLException.class);
            }
            connection.rollback();
        }
        assertThat(parcels.find(key).orElseThrow().label()).isEqualTo("fragile");
    }
}
