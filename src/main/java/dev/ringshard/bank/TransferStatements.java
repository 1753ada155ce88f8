package dev.ringshard.bank;

import dev.ringshard.internal.outbox.OutboxSql;
import dev.ringshard.routing.FencedStatement;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/** The two transactions of a transfer between shards, each in one statement of PostgreSQL. Immutable; its statements are made once. */
final class TransferStatements {
    private final Map<Account, FencedStatement> pay = new EnumMap<>(Account.class);
    private final Map<Account, FencedStatement> receive = new EnumMap<>(Account.class);

    TransferStatements(BankTables tables) {
        for (Account account : Account.values()) {
            pay.put(
                    account,
                    statement(
                            tables,
                            account,
                            "(? OR %1$s + ? >= 0)",
                            OutboxSql.SEND + ", (SELECT balance FROM changed)"));
            receive.put(
                    account,
                    statement(tables, account, "CURRENT_TIMESTAMP <= CAST(? AS timestamptz)", OutboxSql.RECEIVE));
        }
    }

    private static FencedStatement statement(BankTables tables, Account account, String condition, String message) {
        String column = CustomerTable.balance(account).getName();
        return FencedStatement.onPostgresql("""
                WITH changed AS (
                    UPDATE %1$s
                    SET %4$s = %4$s + ?, version = version + 1, updated_at = CURRENT_TIMESTAMP
                    WHERE customer_key = ? AND %4$s <> 'NaN' AND %5$s
                    RETURNING customer_key AS message_key, version, %4$s AS balance, ring_token AS token),
                entry AS (
                    INSERT INTO %2$s
                        (customer_key, operation_id, entry_number, kind, account, amount, balance_after, ring_token)
                    SELECT message_key, ?, version, 'TRANSFER', '%6$s', ?, balance, token FROM changed),
                cleared AS (
                    INSERT INTO %3$s (customer_key, amount, ring_token)
                    SELECT message_key, ?, token FROM changed
                    ON CONFLICT (customer_key) DO UPDATE SET amount = customer_clearing.amount + excluded.amount)
                %7$s""".formatted(
                        tables.customers(),
                        tables.entries(),
                        tables.clearing(),
                        column,
                        condition.formatted(column),
                        account.name(),
                        message));
    }

    /**
     * Returns number and time of the message, and the payer's balance; no row if nothing was paid. Amount (below zero), key, whether
     * any balance may result, amount, operation id, amount, what is cleared, and what {@link OutboxSql#SEND} takes.
     */
    FencedStatement pay(Account account) {
        return Objects.requireNonNull(pay.get(account));
    }

    /**
     * Returns a row if the payee was paid. Amount, key, until when, operation id, amount, what is cleared (below zero), and what
     * {@link OutboxSql#RECEIVE} takes.
     */
    FencedStatement receive(Account account) {
        return Objects.requireNonNull(receive.get(account));
    }
}
