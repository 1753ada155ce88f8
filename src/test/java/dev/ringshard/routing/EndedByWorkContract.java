package dev.ringshard.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.failure.InvalidInputException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Work that tries to end the transaction it runs in: nothing of it stays, and the next work finds everything as it was. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class EndedByWorkContract extends RoutedCluster {
    private static final String RELABEL = "UPDATE parcels SET label = 'lost' WHERE parcel_key = ?";

    @AfterAll
    void closeCluster() {
        close();
    }

    /** Whatever a connection has for it. */
    enum Ending {
        COMMIT {
            @Override
            void of(Connection connection) throws SQLException {
                connection.commit();
            }
        },
        ROLLBACK {
            @Override
            void of(Connection connection) throws SQLException {
                connection.rollback();
            }
        },
        AUTO_COMMIT {
            @Override
            void of(Connection connection) throws SQLException {
                connection.setAutoCommit(true);
            }
        },
        CLOSE {
            @Override
            void of(Connection connection) throws SQLException {
                connection.close();
            }
        },
        ABORT {
            @Override
            void of(Connection connection) throws SQLException {
                connection.abort(Runnable::run);
            }
        };

        abstract void of(Connection connection) throws SQLException;
    }

    @ParameterizedTest
    @EnumSource
    void work_that_ends_its_transaction_is_refused_and_leaves_nothing(Ending ending) {
        String key = parcelOn("eu-1");

        assertThatThrownBy(() -> ringshard.router().transaction(key, transaction -> {
                    transaction.dsl().execute(RELABEL, key);
                    ending.of(transaction.connection());
                    return transaction.dsl().execute(RELABEL, key);
                }))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("That call has done nothing");

        assertUnchanged(key);
    }

    @ParameterizedTest
    @EnumSource
    void work_that_asks_a_statement_for_its_connection_gets_that_which_refuses(Ending ending) {
        String key = parcelOn("eu-1");

        assertThatThrownBy(() -> ringshard.router().transaction(key, transaction -> {
                    transaction.dsl().execute(RELABEL, key);
                    try (Statement statement = transaction.connection().prepareStatement("SELECT 1")) {
                        ending.of(statement.getConnection());
                    }
                    return transaction.dsl().execute(RELABEL, key);
                }))
                .isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> ringshard.router().transaction(key, transaction -> {
                    transaction.dsl().execute(RELABEL, key);
                    ending.of(transaction.connection().getMetaData().getConnection());
                    return transaction.dsl().execute(RELABEL, key);
                }))
                .isInstanceOf(InvalidInputException.class);

        assertUnchanged(key);
    }

    /** Ways on which a connection is met again. */
    enum Way {
        ROWS {
            @Override
            Connection again(Connection connection) throws SQLException {
                return query(connection).getStatement().getConnection();
            }
        },
        ROWS_OF_METADATA {
            @Override
            Connection again(Connection connection) throws SQLException {
                ResultSet rows = connection.getMetaData().getTables(null, null, "parcels", null);
                Statement statement = rows.getStatement();
                return statement == null ? connection : statement.getConnection();
            }
        },
        ROWS_OF_AN_ARRAY {
            @Override
            Connection again(Connection connection) throws SQLException {
                Statement statement = connection
                        .createArrayOf("VARCHAR", new Object[] {"a"})
                        .getResultSet()
                        .getStatement();
                return statement == null ? connection : statement.getConnection();
            }
        },
        ITSELF {
            @Override
            Connection again(Connection connection) throws SQLException {
                return connection.unwrap(Connection.class);
            }
        },
        ITS_STATEMENT {
            @Override
            Connection again(Connection connection) throws SQLException {
                return query(connection).getStatement().unwrap(Statement.class).getConnection();
            }
        },
        ITS_ROWS {
            @Override
            Connection again(Connection connection) throws SQLException {
                return query(connection).unwrap(ResultSet.class).getStatement().getConnection();
            }
        };

        abstract Connection again(Connection connection) throws SQLException;

        private static ResultSet query(Connection connection) throws SQLException {
            ResultSet rows = connection.prepareStatement("SELECT 1").executeQuery();
            rows.next();
            return rows;
        }
    }

    @ParameterizedTest
    @EnumSource
    void work_that_meets_its_connection_again_on_another_way_gets_that_which_refuses(Way way) {
        String key = parcelOn("eu-1");

        assertThatThrownBy(() -> ringshard.router().transaction(key, transaction -> {
                    transaction.dsl().execute(RELABEL, key);
                    way.again(transaction.connection()).commit();
                    throw new IllegalStateException("after the commit");
                }))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("That call has done nothing");

        assertUnchanged(key);
    }

    @ParameterizedTest
    @ValueSource(strings = {"SELECT 1; COMMIT", "/* /* in */ it */ COMMIT", "SELECT ';'; -- then\rCOMMIT", ";COMMIT"})
    void a_text_that_hides_what_ends_its_transaction_is_refused_and_leaves_nothing(String text) {
        String key = parcelOn("eu-1");

        assertThatThrownBy(() -> ringshard.router().transaction(key, transaction -> {
                    transaction.dsl().execute(RELABEL, key);
                    try (Statement statement = transaction.connection().createStatement()) {
                        statement.execute(text);
                    }
                    throw new IllegalStateException("after the commit");
                }))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("That call has done nothing");

        assertUnchanged(key);
    }

    @ParameterizedTest
    @ValueSource(strings = {"COMMIT", "/* so far */ commit and chain", "ROLLBACK", "END", "PREPARE TRANSACTION 'mine'"})
    void work_that_ends_its_transaction_by_a_text_is_refused_and_leaves_nothing(String text) {
        String key = parcelOn("eu-1");

        assertThatThrownBy(() -> ringshard.router().transaction(key, transaction -> {
                    transaction.dsl().execute(RELABEL, key);
                    return transaction.dsl().execute(text);
                }))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("That call has done nothing");
        assertThatThrownBy(() -> ringshard.router().transaction(key, transaction -> {
                    transaction.dsl().execute(RELABEL, key);
                    try (Statement statement = transaction.connection().createStatement()) {
                        return statement.execute(text);
                    }
                }))
                .isInstanceOf(InvalidInputException.class);

        assertUnchanged(key);
    }

    @Test
    void a_part_of_a_read_over_all_shards_keeps_its_snapshot() {
        String key = parcelOn("eu-1");

        assertThatThrownBy(() -> ringshard.scatter().gather(part -> {
                    part.connection().commit();
                    return part.dsl().execute(RELABEL, key);
                }))
                .isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> ringshard.scatter().gather(part -> {
                    part.dsl().execute("COMMIT");
                    return part.dsl().execute(RELABEL, key);
                }))
                .isInstanceOf(InvalidInputException.class);

        assertUnchanged(key);
    }

    @Test
    void a_transaction_of_jooq_within_the_work_is_a_savepoint() {
        String key = parcelOn("eu-1");

        assertThatThrownBy(() -> ringshard.router().transaction(key, transaction -> {
                    transaction.dsl().transaction(inner -> inner.dsl().execute(RELABEL, key));
                    throw new IllegalStateException("the work ends here");
                }))
                .hasMessageContaining("the work ends here");
        assertUnchanged(key);

        ringshard.router().transaction(key, transaction -> {
            transaction.dsl().execute("UPDATE parcels SET handled = 7 WHERE parcel_key = ?", key);
            assertThatThrownBy(() -> transaction.dsl().transaction(inner -> {
                        inner.dsl().execute(RELABEL, key);
                        throw new IllegalStateException("the part ends here");
                    }))
                    .hasMessageContaining("the part ends here");
            return 1;
        });
        assertUnchanged(key);
        assertThat(parcels.find(key).orElseThrow().handled()).isEqualTo(7);
    }

    @Test
    void savepoints_and_what_a_connection_is_there_for_work() {
        String key = parcelOn("eu-1");

        ringshard.router().transaction(key, transaction -> {
            Connection connection = transaction.connection();
            connection.setAutoCommit(false); // as it is
            var before = connection.setSavepoint();
            try (Statement statement = connection.createStatement()) {
                statement.executeUpdate("UPDATE parcels SET label = 'lost' WHERE parcel_key = '" + key + "'");
            }
            connection.rollback(before);
            assertThat(connection).isEqualTo(transaction.connection()).isNotEqualTo(null);
            return 1;
        });

        assertUnchanged(key);
    }

    private void assertUnchanged(String key) {
        assertThat(parcels.find(key).orElseThrow().label()).isEqualTo("fragile");
    }
}
