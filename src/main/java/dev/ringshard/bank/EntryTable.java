package dev.ringshard.bank;

import static dev.ringshard.generated.default_schema.Tables.ACCOUNT_ENTRIES;
import static org.jooq.impl.DSL.coalesce;
import static org.jooq.impl.DSL.count;
import static org.jooq.impl.DSL.sum;

import dev.ringshard.routing.FencedStatement;
import dev.ringshard.routing.PointRead;
import dev.ringshard.scatter.ShardPart;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.jooq.DSLContext;

/** All SQL of the table {@code account_entries}. */
final class EntryTable {

    /** The newest entries of a customer. Key, number of the entry before which to begin, how many. */
    static final PointRead<AccountEntry> NEWEST = PointRead.of("""
            SELECT operation_id, entry_number, kind, account, amount, balance_after, created_at
            FROM account_entries WHERE customer_key = ? AND entry_number < ?
            ORDER BY entry_number DESC LIMIT ?""", EntryTable::read);

    private static final String FIND_SQL = """
            SELECT operation_id, entry_number, kind, account, amount, balance_after, created_at
            FROM account_entries WHERE customer_key = ? AND operation_id = ?""";

    /** Key, operation id. */
    static final PointRead<AccountEntry> BY_OPERATION = PointRead.of(FIND_SQL, EntryTable::read);

    private static final PlainSql FIND = new PlainSql(FIND_SQL);

    private static final PlainSql INSERT = new PlainSql("""
            INSERT INTO account_entries
                (customer_key, operation_id, entry_number, kind, account, amount, balance_after, ring_token)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)""");

    /**
     * Creates a customer and an entry for what each account is opened with, in one statement of PostgreSQL, and returns
     * the key. No row: it is taken.
     *
     * <p>Key, first name, last name, savings, checking, retirement, token, version.
     */
    static final FencedStatement OPEN = FencedStatement.byTrigger("WITH " + openSql("""
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)""", """
            SELECT customer_key FROM created"""));

    /**
     * The same for several customers, each parameter an array. Returns the columns of {@link CustomerTable#read} for
     * each, with a null for all but the key if it is created now, or was by somebody else at this moment.
     */
    static final FencedStatement OPEN_ALL = FencedStatement.onPostgresql("""
            WITH wanted (customer_key, first_name, last_name, savings, checking, retirement_401k, ring_token, version) AS (
                SELECT * FROM unnest(CAST(? AS text[]), CAST(? AS text[]), CAST(? AS text[]), CAST(? AS numeric[]),
                    CAST(? AS numeric[]), CAST(? AS numeric[]), CAST(? AS bigint[]), CAST(? AS bigint[]))),
            """ + openSql("SELECT * FROM wanted", """
            SELECT w.customer_key, created.customer_key IS NOT NULL AS is_created, c.first_name, c.last_name, c.savings,
                   c.checking, c.retirement_401k, c.ring_token, c.version, c.created_at, c.updated_at
            FROM wanted w LEFT JOIN created ON created.customer_key = w.customer_key
                 LEFT JOIN customers c ON c.customer_key = w.customer_key"""));

    /** Key, token, account, amount; hidden rows, too. */
    static final String AMOUNTS_OF_ALL = "SELECT customer_key, ring_token, account, amount FROM account_entries";

    private static final Map<Account, FencedStatement> POST = new EnumMap<>(Account.class);

    static {
        for (Account account : Account.values()) {
            POST.put(account, FencedStatement.byTrigger(postSql(account)));
        }
    }

    private EntryTable() {}

    /**
     * Adds to a balance and writes the entry, in one statement of PostgreSQL, and returns the new balance. No row: no
     * such customer, or too little money.
     *
     * <p>Amount, key, whether any balance may result, amount, operation id, kind, amount.
     */
    static FencedStatement post(Account account) {
        return java.util.Objects.requireNonNull(POST.get(account));
    }

    /** Entries are numbered in the order of the accounts, those that are opened with nothing left out. */
    private static String openSql(String wanted, String answer) {
        return """
                created AS (
                    INSERT INTO customers
                        (customer_key, first_name, last_name, savings, checking, retirement_401k, ring_token, version)
                    %s
                    ON CONFLICT (customer_key) DO NOTHING
                    RETURNING customer_key, savings, checking, retirement_401k, ring_token),
                entries AS (
                    INSERT INTO account_entries
                        (customer_key, operation_id, entry_number, kind, account, amount, balance_after, ring_token)
                    SELECT customer_key, 'opening#' || account, number, 'OPENING', account, amount, amount, ring_token
                    FROM created CROSS JOIN LATERAL (VALUES
                        (1, 'SAVINGS', savings),
                        (1 + (savings <> 0)::int, 'CHECKING', checking),
                        (1 + (savings <> 0)::int + (checking <> 0)::int, 'RETIREMENT_401K', retirement_401k)
                    ) AS accounts (number, account, amount)
                    WHERE amount <> 0)
                %s""".formatted(wanted, answer);
    }

    private static String postSql(Account account) {
        return """
                WITH changed AS (
                    UPDATE customers
                    SET %1$s = %1$s + ?, version = version + 1, updated_at = CURRENT_TIMESTAMP
                    WHERE customer_key = ? AND (? OR %1$s + ? >= 0)
                    RETURNING customer_key, version, %1$s AS balance, ring_token)
                INSERT INTO account_entries
                    (customer_key, operation_id, entry_number, kind, account, amount, balance_after, ring_token)
                SELECT customer_key, ?, version, ?, '%2$s', ?, balance, ring_token FROM changed
                RETURNING balance_after""".formatted(CustomerTable.balance(account).getName(), account.name());
    }

    /**
     * What {@link #OPEN_ALL} says of one customer.
     *
     * @param stored who had the key before; empty if nobody had, as far as the statement could see
     */
    record Opened(String key, boolean isCreated, Optional<Customer> stored) {
        static Opened read(ResultSet row) throws SQLException {
            return new Opened(
                    row.getString("customer_key"),
                    row.getBoolean("is_created"),
                    row.getString("first_name") == null ? Optional.empty() : Optional.of(CustomerTable.read(row)));
        }
    }

    private static AccountEntry read(ResultSet row) throws SQLException {
        return new AccountEntry(
                row.getString("operation_id"),
                row.getLong("entry_number"),
                AccountEntry.Kind.valueOf(row.getString("kind")),
                Account.valueOf(row.getString("account")),
                row.getBigDecimal("amount"),
                row.getBigDecimal("balance_after"),
                row.getObject("created_at", OffsetDateTime.class).toInstant());
    }

    static Optional<AccountEntry> find(Connection connection, String key, String operationId) throws SQLException {
        return FIND.query(connection, EntryTable::read, key, operationId).stream()
                .findFirst();
    }

    /** An entry about to be written. */
    record Draft(
            String operationId,
            long number,
            AccountEntry.Kind kind,
            Account account,
            BigDecimal amount,
            BigDecimal balanceAfter) {}

    static void insert(Connection connection, String key, long token, Draft entry) throws SQLException {
        INSERT.update(
                connection,
                key,
                entry.operationId(),
                entry.number(),
                entry.kind().name(),
                entry.account().name(),
                entry.amount(),
                entry.balanceAfter(),
                token);
    }

    static LedgerTotals totals(ShardPart part) {
        return part.dsl()
                .select(count(), coalesce(sum(ACCOUNT_ENTRIES.AMOUNT), Money.ZERO))
                .from(ACCOUNT_ENTRIES)
                .where(part.visible(ACCOUNT_ENTRIES.RING_TOKEN))
                .fetchSingle(row -> new LedgerTotals(row.value1(), row.value2()));
    }

    static void deleteAll(DSLContext dsl, String key) {
        dsl.deleteFrom(ACCOUNT_ENTRIES)
                .where(ACCOUNT_ENTRIES.CUSTOMER_KEY.eq(key))
                .execute();
    }
}
