package dev.ringshard.bench;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * All SQL of the two tables that the raw side of a run writes to: columns, keys, indexes and checks of {@code customers}
 * and {@code account_entries}, without triggers. Their {@code ring_token} is called {@code token}: Ringshard refuses to
 * move anything while there is a table with that column that it does not know.
 */
record RawTables(String customers, String entries, StoredTables stored) {
    private static final String COLUMNS =
            "customer_key, first_name, last_name, savings, checking, retirement_401k, token, version, created_at, updated_at";

    static RawTables of(RunKeys keys, StoredTables stored) {
        return of(keys, stored, "");
    }

    /** Others of the same run. */
    static RawTables of(RunKeys keys, StoredTables stored, String whose) {
        return new RawTables(keys.table(whose + "customers"), keys.table(whose + "entries"), stored);
    }

    /** Runs on every database. */
    private String creation() {
        return """
                CREATE TABLE %1$s AS
                    SELECT customer_key, first_name, last_name, savings, checking, retirement_401k, ring_token AS token,
                           version, created_at, updated_at
                    FROM %3$s WITH NO DATA;
                ALTER TABLE %1$s ALTER COLUMN version SET DEFAULT 1;
                ALTER TABLE %1$s ALTER COLUMN created_at SET DEFAULT CURRENT_TIMESTAMP;
                ALTER TABLE %1$s ALTER COLUMN updated_at SET DEFAULT CURRENT_TIMESTAMP;
                ALTER TABLE %1$s ALTER COLUMN customer_key SET NOT NULL;
                ALTER TABLE %1$s ADD CONSTRAINT %1$s_pk PRIMARY KEY (customer_key);
                CREATE INDEX %1$s_token ON %1$s (token);
                CREATE INDEX %1$s_name ON %1$s (last_name, first_name, customer_key);
                CREATE TABLE %2$s AS
                    SELECT customer_key, operation_id, entry_number, kind, account, amount, balance_after,
                           ring_token AS token, created_at
                    FROM %4$s WITH NO DATA;
                ALTER TABLE %2$s ALTER COLUMN created_at SET DEFAULT CURRENT_TIMESTAMP;
                ALTER TABLE %2$s ALTER COLUMN customer_key SET NOT NULL;
                ALTER TABLE %2$s ALTER COLUMN operation_id SET NOT NULL;
                ALTER TABLE %2$s ADD CONSTRAINT %2$s_pk PRIMARY KEY (customer_key, operation_id);
                ALTER TABLE %2$s ADD CONSTRAINT %2$s_kind
                    CHECK (kind IN ('OPENING', 'DEPOSIT', 'WITHDRAWAL', 'TRANSFER'));
                ALTER TABLE %2$s ADD CONSTRAINT %2$s_account
                    CHECK (account IN ('SAVINGS', 'CHECKING', 'RETIREMENT_401K'));
                CREATE INDEX %2$s_token ON %2$s (token)""".formatted(customers, entries, stored.customers(), stored.entries());
    }

    void create(Connection connection) throws SQLException {
        run(connection, List.of(creation().split(";")));
    }

    void drop(Connection connection) throws SQLException {
        run(connection, List.of("DROP TABLE IF EXISTS " + customers, "DROP TABLE IF EXISTS " + entries));
    }

    private static void run(Connection connection, List<String> statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** Key. */
    String select() {
        return "SELECT %s FROM %s WHERE customer_key = ?".formatted(COLUMNS, customers);
    }

    /** Key, first name, last name, savings, checking, retirement, token. */
    String insertCustomer() {
        return """
                INSERT INTO %s (customer_key, first_name, last_name, savings, checking, retirement_401k, token)
                VALUES (?, ?, ?, ?, ?, ?, ?)""".formatted(customers);
    }

    /** Key, operation id, number, kind, account, amount, balance, token. */
    String insertEntry() {
        return """
                INSERT INTO %s (customer_key, operation_id, entry_number, kind, account, amount, balance_after, token)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)""".formatted(entries);
    }

    /** On PostgreSQL both in one statement: amount, key, operation id, amount. Returns the balance. */
    String depositAtOnce() {
        return """
                WITH changed AS (
                    UPDATE %s SET savings = savings + ?, version = version + 1, updated_at = CURRENT_TIMESTAMP
                    WHERE customer_key = ?
                    RETURNING customer_key, version, savings, token)
                INSERT INTO %s (customer_key, operation_id, entry_number, kind, account, amount, balance_after, token)
                SELECT customer_key, ?, version, 'DEPOSIT', 'SAVINGS', ?, savings, token FROM changed
                RETURNING balance_after""".formatted(customers, entries);
    }

    private String add() {
        return """
                UPDATE %s SET savings = savings + ?, version = version + 1, updated_at = CURRENT_TIMESTAMP
                WHERE customer_key = ?""".formatted(customers);
    }

    /** On H2 the first of two: amount, key. Returns version, balance and token. */
    String addReturningOnH2() {
        return "SELECT version, savings, token FROM FINAL TABLE (" + add() + ")";
    }

    /** On PostgreSQL the first of two: as {@link #addReturningOnH2}. */
    String addReturningOnPostgres() {
        return add() + " RETURNING version, savings, token";
    }

    /** On PostgreSQL both in one statement: as {@link #insertCustomer}. */
    String insertAtOnce() {
        return """
                WITH created AS (%s RETURNING customer_key, savings, token)
                INSERT INTO %s (customer_key, operation_id, entry_number, kind, account, amount, balance_after, token)
                SELECT customer_key, 'opening#SAVINGS', 1, 'OPENING', 'SAVINGS', savings, savings, token FROM created\
                """.formatted(insertCustomer(), entries);
    }
}
