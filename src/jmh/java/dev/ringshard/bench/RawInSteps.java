package dev.ringshard.bench;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Two statements in one transaction. */
final class RawInSteps extends RawShard {
    private final String add;
    private final String entry;
    private final String customer;

    /** @param add of {@link RawTables}, in the words of the database */
    RawInSteps(DataSource pool, RawTables tables, String add) {
        super(pool, tables);
        this.add = add;
        this.entry = tables.insertEntry();
        this.customer = tables.insertCustomer();
    }

    private interface Steps<T> {
        T on(Connection connection) throws SQLException;
    }

    private <T> T transaction(Steps<T> steps) throws SQLException {
        try (Connection connection = connect()) {
            connection.setAutoCommit(false);
            try {
                T result = steps.on(connection);
                connection.commit();
                return result;
            } catch (SQLException failure) {
                connection.rollback();
                throw failure;
            } finally {
                connection.setAutoCommit(true);
            }
        }
    }

    @Override
    BigDecimal deposit(String key, BigDecimal amount, String operationId) throws SQLException {
        return transaction(connection -> {
            try (PreparedStatement adding = connection.prepareStatement(add);
                    PreparedStatement writing = connection.prepareStatement(entry)) {
                adding.setBigDecimal(1, amount);
                adding.setString(2, key);
                try (ResultSet row = adding.executeQuery()) {
                    row.next();
                    BigDecimal balance = row.getBigDecimal(2);
                    bindEntry(writing, key, operationId, row.getLong(1), "DEPOSIT", amount, balance, row.getLong(3));
                    writing.executeUpdate();
                    return balance;
                }
            }
        });
    }

    @Override
    void insert(String key, String lastName) throws SQLException {
        transaction(connection -> {
            try (PreparedStatement creating = connection.prepareStatement(customer);
                    PreparedStatement opening = connection.prepareStatement(entry)) {
                bindCustomer(creating, key, lastName);
                creating.executeUpdate();
                bindOpening(opening, key);
                return opening.executeUpdate();
            }
        });
    }
}
