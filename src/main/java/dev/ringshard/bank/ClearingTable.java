package dev.ringshard.bank;

import static dev.ringshard.generated.default_schema.Tables.CUSTOMER_CLEARING;
import static org.jooq.impl.DSL.coalesce;
import static org.jooq.impl.DSL.sum;

import dev.ringshard.scatter.ShardPart;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import org.jooq.Record;
import org.jooq.Table;
import org.jooq.impl.DSL;

/** All SQL of the table {@code customer_clearing}. Immutable. */
final class ClearingTable {
    private final Table<Record> table;
    private final PlainSql add;
    private final PlainSql insert;

    ClearingTable(BankTables tables) {
        table = DSL.table(tables.clearing());
        add = new PlainSql("UPDATE %s SET amount = amount + ? WHERE customer_key = ?".formatted(tables.clearing()));
        insert = new PlainSql(
                "INSERT INTO %s (amount, customer_key, ring_token) VALUES (?, ?, ?)".formatted(tables.clearing()));
    }

    /** Adds what a customer, whose row is locked, sends to another shard; below zero for what comes from there. */
    void add(Connection connection, String key, long token, BigDecimal amount) throws SQLException {
        if (add.update(connection, amount, key) == 0) {
            insert.update(connection, amount, key, token);
        }
    }

    /** What the customers of a shard have sent and not got, together. */
    BigDecimal total(ShardPart part) {
        return part.fetch(
                        part.dsl()
                                .select(coalesce(sum(CUSTOMER_CLEARING.AMOUNT), Money.ZERO))
                                .from(table)
                                .where(part.visible(CUSTOMER_CLEARING.RING_TOKEN)),
                        row -> row.getBigDecimal(1).setScale(2))
                .get(0);
    }
}
