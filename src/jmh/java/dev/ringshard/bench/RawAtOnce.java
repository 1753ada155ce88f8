package dev.ringshard.bench;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import javax.sql.DataSource;

/** PostgreSQL: a balance and its entry in one statement, one round trip, which commits by itself. */
final class RawAtOnce extends RawShard {
    private final String deposit;
    private final String insert;

    RawAtOnce(DataSource pool, RawTables tables) {
        super(pool, tables);
        this.deposit = tables.depositAtOnce();
        this.insert = tables.insertAtOnce();
    }

    @Override
    BigDecimal deposit(String key, BigDecimal amount, String operationId) throws SQLException {
        try (Connection connection = connect();
                PreparedStatement statement = connection.prepareStatement(deposit)) {
            statement.setBigDecimal(1, amount);
            statement.setString(2, key);
            statement.setString(3, operationId);
            statement.setBigDecimal(4, amount);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getBigDecimal(1);
            }
        }
    }

    @Override
    void insert(String key, String lastName) throws SQLException {
        try (Connection connection = connect();
                PreparedStatement statement = connection.prepareStatement(insert)) {
            bindCustomer(statement, key, lastName);
            statement.executeUpdate();
        }
    }
}
