package dev.ringshard.bank;

import dev.ringshard.internal.outbox.OutboxSql;
import dev.ringshard.internal.routing.RowWritingStatement;
import dev.ringshard.routing.FencedStatement;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/**
 * The transaction of a transfer within a shard, and the two of one between shards, each in one statement that changes several tables. Immutable; its
 * statements are made once.
 */
final class TransferStatements {
    private final Map<Account, Map<Account, FencedStatement>> move = new EnumMap<>(Account.class);
    private final Map<Account, FencedStatement> pay = new EnumMap<>(Account.class);
    private final Map<Account, FencedStatement> receive = new EnumMap<>(Account.class);

    TransferStatements(BankTables tables) {
        for (Account account : Account.values()) {
            pay.put(
                    account,
                    FencedStatement.ofSeveralTables(statement(
                            tables,
                            account,
                            "(? OR %1$s + ? >= 0)",
                            OutboxSql.SEND + ", (SELECT balance FROM changed)")));
            receive.put(
                    account,
                    FencedStatement.byTrigger(new RowWritingStatement(
                            statement( // reads nothing but the payee, whose row it changes first
                                    tables,
                                    account,
                                    "CURRENT_TIMESTAMP <= CAST(? AS timestamptz) AND " + OutboxSql.ADMITTED,
                                    OutboxSql.RECEIVE))));
            Map<Account, FencedStatement> toEach = new EnumMap<>(Account.class);
            for (Account to : Account.values()) {
                toEach.put(to, within(tables, account, to));
            }
            move.put(account, toEach);
        }
    }

    private static String statement(BankTables tables, Account account, String condition, String message) {
        String column = CustomerTable.balance(account).getName();
        return """
                WITH changed AS (
                    UPDATE %1$s
                    SET %4$s = %4$s + ?, version = version + 1, updated_at = CURRENT_TIMESTAMP
                    WHERE customer_key = ? AND %4$s <> 'NaN' AND %5$s
                    RETURNING customer_key AS message_key, version, %4$s AS balance, ring_token AS token),
                entry AS (
                    INSERT INTO %2$s
                        (customer_key, operation_id, entry_number, kind, account, amount, balance_after, ring_token,
                         counterparty, counterparty_account)
                    SELECT message_key, ?, version, 'TRANSFER', '%6$s', ?, balance, token, ?, ? FROM changed),
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
                        message);
    }

    /**
     * Locks both in the order of their keys, as everybody does, and changes either both or none: what it asks of them holds until it
     * has ended, because they are locked.
     */
    private static FencedStatement within(BankTables tables, Account from, Account to) {
        return FencedStatement.ofSeveralTables("""
                WITH locked AS MATERIALIZED (
                    SELECT customer_key FROM %1$s
                    WHERE customer_key = ? AND %3$s <> 'NaN' AND (? OR %3$s + ? >= 0) OR customer_key = ? AND %4$s <> 'NaN'
                    ORDER BY customer_key FOR NO KEY UPDATE),
                payer AS (
                    UPDATE %1$s SET %3$s = %3$s + ?, version = version + 1, updated_at = CURRENT_TIMESTAMP
                    WHERE customer_key = ? AND (SELECT count(*) FROM locked) = 2
                    RETURNING customer_key, version, %3$s AS balance, ring_token),
                payee AS (
                    UPDATE %1$s SET %4$s = %4$s + ?, version = version + 1, updated_at = CURRENT_TIMESTAMP
                    WHERE customer_key = ? AND (SELECT count(*) FROM locked) = 2
                    RETURNING customer_key, version, %4$s AS balance, ring_token),
                entries AS (
                    INSERT INTO %2$s
                        (customer_key, operation_id, entry_number, kind, account, amount, balance_after, ring_token,
                         counterparty, counterparty_account)
                    SELECT customer_key, CAST(? AS varchar), version, 'TRANSFER', '%5$s', CAST(? AS numeric), balance, ring_token,
                           CAST(? AS varchar), '%6$s'
                    FROM payer
                    UNION ALL
                    SELECT customer_key, CAST(? AS varchar), version, 'TRANSFER', '%6$s', CAST(? AS numeric), balance, ring_token,
                           CAST(? AS varchar), '%5$s'
                    FROM payee)
                SELECT balance FROM payer""".formatted(
                        tables.customers(),
                        tables.entries(),
                        CustomerTable.balance(from).getName(),
                        CustomerTable.balance(to).getName(),
                        from.name(),
                        to.name()));
    }

    /**
     * Returns the payer's balance; no row if nothing was moved. Key of the payer, whether any balance may result, amount (below zero),
     * key of the payee, amount (below zero), key, amount, key, operation id, amount (below zero), key of the payee, operation id, amount, key of the payer.
     */
    FencedStatement move(Account from, Account to) {
        return Objects.requireNonNull(Objects.requireNonNull(move.get(from)).get(to));
    }

    /**
     * Returns number and time of the message, and the payer's balance; no row if nothing was paid. Amount (below zero), key, whether
     * any balance may result, amount, operation id, amount, the payee's key and account, what is cleared, and what
     * {@link OutboxSql#SEND} takes.
     */
    FencedStatement pay(Account account) {
        return Objects.requireNonNull(pay.get(account));
    }

    /**
     * Returns a row if the payee was paid. Amount, key, until when, operation id, amount, the payer's key and account, what is
     * cleared (below zero), and what {@link OutboxSql#RECEIVE} takes.
     */
    FencedStatement receive(Account account) {
        return Objects.requireNonNull(receive.get(account));
    }
}
