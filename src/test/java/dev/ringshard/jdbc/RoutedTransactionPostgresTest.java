package dev.ringshard.jdbc;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.config.DatabaseKind;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

class RoutedTransactionPostgresTest extends RoutedTransactionContract {
    @Override
    DatabaseKind kind() {
        return DatabaseKind.POSTGRESQL;
    }

    @Test
    void a_transaction_whose_first_statement_fails_takes_no_other_and_cannot_be_committed() throws SQLException {
        String key = parcelOn("eu-1");
        try (Connection connection = connection(key);
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            for (boolean readOnly : new boolean[] {false, true}) {
                connection.setReadOnly(readOnly);
                assertRefused("22012", () -> statement.executeQuery("SELECT 1 / 0"));
                assertRefused("25P02", () -> statement.executeQuery("SELECT 1"));
                assertThatThrownBy(connection::commit).isInstanceOf(SQLException.class);
                statement.executeQuery("SELECT 1").close();
                connection.commit();
            }
        }
    }
}
