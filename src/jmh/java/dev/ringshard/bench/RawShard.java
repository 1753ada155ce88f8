package dev.ringshard.bench;

import dev.ringshard.bank.Balances;
import dev.ringshard.bank.Customer;
import dev.ringshard.internal.shard.Shard;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import javax.sql.DataSource;

/** Hand-written statements on the pool of one shard. */
abstract class RawShard {
    private final DataSource pool;
    private final RawTables tables;
    private final String select;

    RawShard(DataSource pool, RawTables tables) {
        this.pool = pool;
        this.tables = tables;
        this.select = tables.select();
    }

    static RawShard on(Shard shard, RawTables tables) {
        return shard.dialect().changesSeveralTables()
                ? new RawAtOnce(shard.dataSource(), tables)
                : new RawInSteps(shard.dataSource(), tables, tables.addReturningOnH2());
    }

    RawTables tables() {
        return tables;
    }

    Connection connect() throws SQLException {
        return pool.getConnection();
    }

    Customer read(String key) throws SQLException {
        try (Connection connection = connect();
                PreparedStatement statement = connection.prepareStatement(select)) {
            statement.setString(1, key);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return new Customer(
                        row.getString(1),
                        row.getString(2),
                        row.getString(3),
                        new Balances(row.getBigDecimal(4), row.getBigDecimal(5), row.getBigDecimal(6)),
                        row.getLong(7),
                        row.getLong(8),
                        row.getObject(9, OffsetDateTime.class).toInstant(),
                        row.getObject(10, OffsetDateTime.class).toInstant());
            }
        }
    }

    /** The new balance. */
    abstract BigDecimal deposit(String key, BigDecimal amount, String operationId) throws SQLException;

    abstract void insert(String key, String lastName) throws SQLException;

    static void bindCustomer(PreparedStatement statement, String key, String lastName) throws SQLException {
        statement.setString(1, key);
        statement.setString(2, "Bench");
        statement.setString(3, lastName);
        statement.setBigDecimal(4, RingshardContender.OPENING.savings());
        statement.setBigDecimal(5, RingshardContender.OPENING.checking());
        statement.setBigDecimal(6, RingshardContender.OPENING.retirement401k());
        statement.setLong(7, RawContender.token(key));
    }

    static void bindOpening(PreparedStatement statement, String key) throws SQLException {
        BigDecimal savings = RingshardContender.OPENING.savings();
        bindEntry(statement, key, "opening#SAVINGS", 1, "OPENING", savings, savings, RawContender.token(key));
    }

    static void bindEntry(
            PreparedStatement statement,
            String key,
            String operationId,
            long number,
            String kind,
            BigDecimal amount,
            BigDecimal balance,
            long token)
            throws SQLException {
        statement.setString(1, key);
        statement.setString(2, operationId);
        statement.setLong(3, number);
        statement.setString(4, kind);
        statement.setString(5, "SAVINGS");
        statement.setBigDecimal(6, amount);
        statement.setBigDecimal(7, balance);
        statement.setLong(8, token);
    }
}
