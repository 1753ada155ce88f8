package dev.ringshard.bank;

import dev.ringshard.routing.RowReader;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * A statement of the path that every movement of money on H2 takes. Its text is the same on both databases and never
 * rendered: jOOQ's rendering cost more than the database's work.
 *
 * @param sql parameters as {@code ?}
 */
record PlainSql(String sql) {

    /** The rows; empty if there are none. */
    <T> List<T> query(Connection connection, RowReader<T> reader, Object... parameters) throws SQLException {
        try (PreparedStatement statement = prepared(connection, parameters);
                ResultSet rows = statement.executeQuery()) {
            List<T> result = new ArrayList<>(1);
            while (rows.next()) {
                result.add(reader.read(rows));
            }
            return result;
        }
    }

    /** How many rows were changed. */
    int update(Connection connection, Object... parameters) throws SQLException {
        try (PreparedStatement statement = prepared(connection, parameters)) {
            return statement.executeUpdate();
        }
    }

    private PreparedStatement prepared(Connection connection, Object... parameters) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        try {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            return statement;
        } catch (SQLException failure) {
            try (statement) {
                throw failure;
            }
        }
    }
}
