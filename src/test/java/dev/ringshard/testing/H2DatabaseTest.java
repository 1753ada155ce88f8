package dev.ringshard.testing;

import static org.assertj.core.api.Assertions.assertThatCode;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

class H2DatabaseTest {

    @Test
    void fresh_databases_are_separate_and_outlive_their_connections() throws SQLException {
        TestDatabase one = H2Database.inMemory();
        TestDatabase other = H2Database.inMemory();

        execute(one, "CREATE TABLE notes (text varchar)");

        assertThatCode(() -> execute(one, "INSERT INTO notes VALUES ('kept')")).doesNotThrowAnyException();
        assertThatCode(() -> execute(other, "CREATE TABLE notes (text varchar)"))
                .doesNotThrowAnyException();
    }

    private static void execute(TestDatabase database, String sql) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
