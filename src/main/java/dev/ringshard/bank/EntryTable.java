package dev.ringshard.bank;

import static dev.ringshard.generated.default_schema.Tables.ACCOUNT_ENTRIES;
import static org.jooq.impl.DSL.coalesce;
import static org.jooq.impl.DSL.count;
import static org.jooq.impl.DSL.noCondition;
import static org.jooq.impl.DSL.sum;

import dev.ringshard.internal.routing.RowWritingStatement;
import dev.ringshard.routing.FencedStatement;
import dev.ringshard.routing.PointRead;
import dev.ringshard.scatter.ShardPart;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.Table;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/**
 * All SQL of the table {@code account_entries}, and of what changes a customer's balance and writes the entry in one statement.
 * Immutable; its statements are made once.
 */
final class EntryTable {
    private static final String COLUMNS =
            "customer_key, operation_id, entry_number, kind, account, amount, balance_after, created_at, booked_on,"
                    + " counterparty, counterparty_account";

    /** As text, which may be empty: a null or a date would cost the driver a round trip of its own for its type. */
    private static final String DAY = "CAST(NULLIF(?, '') AS date)";

    /** On PostgreSQL; H2 has no such values. */
    private static final Condition WITH_AMOUNT = DSL.condition("amount <> 'NaN'");

    /** The newest entries of a customer. Key, number of the entry before which to begin, how many. */
    final PointRead<AccountEntry> newest;

    /** Key, operation id. */
    final PointRead<AccountEntry> byOperation;

    /**
     * Creates a customer and an entry for what each account is opened with, in one statement where the database can, and
     * returns the key. No row: it is taken.
     *
     * <p>Key, first name, last name, savings, checking, retirement, token, version.
     */
    private final FencedStatement open;

    private final Map<Account, FencedStatement> openWithOne = new EnumMap<>(Account.class);

    /**
     * The same for several customers, each parameter an array. Returns the columns of {@link CustomerTable#read} for
     * each first, with a null for all but the key if it is created now, or was by another caller at this moment.
     */
    final FencedStatement openAll;

    private final Table<Record> table;
    private final PlainSql find;
    private final PlainSql insert;
    private final Map<Account, FencedStatement> post = new EnumMap<>(Account.class);

    EntryTable(BankTables tables) {
        String name = tables.entries();
        String findSql = "SELECT %s FROM %s WHERE customer_key = ? AND operation_id = ?".formatted(COLUMNS, name);
        table = DSL.table(name);
        newest = PointRead.of("""
                SELECT %s FROM %s WHERE customer_key = ? AND entry_number < ?
                ORDER BY entry_number DESC LIMIT ?""".formatted(COLUMNS, name), EntryTable::read);
        byOperation = PointRead.of(findSql, EntryTable::read);
        find = new PlainSql(findSql);
        insert = new PlainSql("""
                INSERT INTO %s
                    (customer_key, operation_id, entry_number, kind, account, amount, balance_after, ring_token, booked_on,
                     counterparty, counterparty_account)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, %s, NULLIF(?, ''), NULLIF(?, ''))""".formatted(name, DAY));
        open = FencedStatement.byTrigger(new RowWritingStatement("WITH " + openSql(tables, """
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)""", """
                SELECT customer_key FROM created""")));
        openAll = FencedStatement.ofSeveralTables(openAllSql(tables));
        for (Account account : Account.values()) {
            openWithOne.put(
                    account, FencedStatement.byTrigger(new RowWritingStatement(openWithOneSql(tables, account))));
            post.put(account, FencedStatement.byTrigger(new RowWritingStatement(postSql(tables, account))));
        }
    }

    /**
     * Adds to a balance and writes the entry, in one statement where the database can, and returns the new balance. No row: no
     * such customer, too little money, or a balance that is no amount.
     *
     * <p>Amount, key, whether any balance may result, amount, operation id, kind, amount, {@linkplain #day day}.
     */
    FencedStatement post(Account account) {
        return Objects.requireNonNull(post.get(account));
    }

    private static String openAllSql(BankTables tables) {
        return """
                WITH wanted (customer_key, first_name, last_name, savings, checking, retirement_401k, ring_token, version) AS (
                    SELECT * FROM unnest(CAST(? AS text[]), CAST(? AS text[]), CAST(? AS text[]), CAST(? AS numeric[]),
                        CAST(? AS numeric[]), CAST(? AS numeric[]), CAST(? AS bigint[]), CAST(? AS bigint[]))),
                """ + openSql(tables, "SELECT * FROM wanted", """
                SELECT w.customer_key, c.first_name, c.last_name, c.savings, c.checking, c.retirement_401k, c.ring_token,
                       c.version, c.created_at, c.updated_at, created.customer_key IS NOT NULL AS is_created
                FROM wanted w LEFT JOIN created ON created.customer_key = w.customer_key
                     LEFT JOIN %s c ON c.customer_key = w.customer_key""".formatted(tables.customers()));
    }

    /** As {@link #open}, for a customer with these balances. */
    FencedStatement open(List<Account> opened) {
        return opened.size() == 1 ? Objects.requireNonNull(openWithOne.get(opened.get(0))) : open;
    }

    /** Most customers have one account to begin with: without a join, the database takes an eighth less time for it. */
    private static String openWithOneSql(BankTables tables, Account account) {
        return """
                WITH created AS (
                    INSERT INTO %1$s
                        (customer_key, first_name, last_name, savings, checking, retirement_401k, ring_token, version)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                    ON CONFLICT (customer_key) DO NOTHING
                    RETURNING customer_key, %3$s AS amount, ring_token)
                INSERT INTO %2$s
                    (customer_key, operation_id, entry_number, kind, account, amount, balance_after, ring_token)
                SELECT customer_key, 'opening#%4$s', 1, 'OPENING', '%4$s', amount, amount, ring_token FROM created
                RETURNING customer_key""".formatted(
                        tables.customers(),
                        tables.entries(),
                        CustomerTable.balance(account).getName(),
                        account.name());
    }

    /** Entries are numbered in the order of the accounts, those that are opened with nothing left out. */
    private static String openSql(BankTables tables, String wanted, String answer) {
        return """
                created AS (
                    INSERT INTO %1$s
                        (customer_key, first_name, last_name, savings, checking, retirement_401k, ring_token, version)
                    %3$s
                    ON CONFLICT (customer_key) DO NOTHING
                    RETURNING customer_key, savings, checking, retirement_401k, ring_token),
                entries AS (
                    INSERT INTO %2$s
                        (customer_key, operation_id, entry_number, kind, account, amount, balance_after, ring_token)
                    SELECT customer_key, 'opening#' || account, number, 'OPENING', account, amount, amount, ring_token
                    FROM created CROSS JOIN LATERAL (VALUES
                        (1, 'SAVINGS', savings),
                        (1 + (savings <> 0)::int, 'CHECKING', checking),
                        (1 + (savings <> 0)::int + (checking <> 0)::int, 'RETIREMENT_401K', retirement_401k)
                    ) AS accounts (number, account, amount)
                    WHERE amount <> 0)
                %4$s""".formatted(tables.customers(), tables.entries(), wanted, answer);
    }

    private static String postSql(BankTables tables, Account account) {
        return """
                WITH changed AS (
                    UPDATE %1$s
                    SET %3$s = %3$s + ?, version = version + 1, updated_at = CURRENT_TIMESTAMP
                    WHERE customer_key = ? AND %3$s <> 'NaN' AND (? OR %3$s + ? >= 0)
                    RETURNING customer_key, version, %3$s AS balance, ring_token)
                INSERT INTO %2$s
                    (customer_key, operation_id, entry_number, kind, account, amount, balance_after, ring_token, booked_on)
                SELECT customer_key, ?, version, ?, '%4$s', ?, balance, ring_token, %5$s FROM changed
                RETURNING balance_after""".formatted(
                        tables.customers(),
                        tables.entries(),
                        CustomerTable.balance(account).getName(),
                        account.name(),
                        DAY);
    }

    /** The parameter of a booking's day. */
    static String day(Optional<LocalDate> bookedOn) {
        return bookedOn.map(LocalDate::toString).orElse("");
    }

    /**
     * What {@link #openAll} says of one customer.
     *
     * @param stored who had the key before; empty if nobody had, as far as the statement could see
     */
    record Opened(String key, boolean isCreated, Optional<Customer> stored) {
        static Opened read(ResultSet row) throws SQLException {
            return new Opened(
                    row.getString(1),
                    row.getBoolean("is_created"),
                    row.getString(2) == null ? Optional.empty() : Optional.of(CustomerTable.read(row)));
        }
    }

    /** Of a row that begins with {@link #COLUMNS}. */
    private static AccountEntry read(ResultSet row) throws SQLException {
        return new AccountEntry(
                row.getString(2),
                row.getLong(3),
                AccountEntry.Kind.valueOf(row.getString(4)),
                Account.valueOf(row.getString(5)),
                Money.stored(row, 6, "amount"),
                Money.stored(row, 7, "balance_after"),
                row.getObject(8, OffsetDateTime.class).toInstant(),
                Optional.ofNullable(row.getObject(9, LocalDate.class)),
                counterparty(row.getString(10), row.getString(11)));
    }

    private static Optional<AccountRef> counterparty(@Nullable String key, @Nullable String account) {
        return key == null || account == null
                ? Optional.empty()
                : Optional.of(new AccountRef(key, Account.valueOf(account)));
    }

    Optional<AccountEntry> find(Connection connection, String key, String operationId) throws SQLException {
        return find.query(connection, EntryTable::read, key, operationId).stream()
                .findFirst();
    }

    /** An entry about to be written. */
    record Draft(
            String operationId,
            long number,
            AccountEntry.Kind kind,
            Account account,
            BigDecimal amount,
            BigDecimal balanceAfter,
            Optional<LocalDate> bookedOn,
            Optional<AccountRef> counterparty) {}

    void insert(Connection connection, String key, long token, Draft entry) throws SQLException {
        insert.update(
                connection,
                key,
                entry.operationId(),
                entry.number(),
                entry.kind().name(),
                entry.account().name(),
                entry.amount(),
                entry.balanceAfter(),
                token,
                day(entry.bookedOn()),
                entry.counterparty().map(AccountRef::key).orElse(""),
                entry.counterparty().map(with -> with.account().name()).orElse(""));
    }

    /** The look at each row for what is no amount is taken only if the sum is none. */
    LedgerTotals totals(ShardPart part) {
        Summed all = summed(part, noCondition());
        if (all.money.isPresent()) {
            return new LedgerTotals(all.entries, all.money.get());
        }
        Summed amounts = summed(part, WITH_AMOUNT);
        return new LedgerTotals(all.entries, amounts.money.orElseThrow(), all.entries - amounts.entries);
    }

    /** @param money empty if the sum is no amount */
    private record Summed(long entries, Optional<BigDecimal> money) {}

    private Summed summed(ShardPart part, Condition which) {
        return part.fetch(
                        part.dsl()
                                .select(count(), coalesce(sum(ACCOUNT_ENTRIES.AMOUNT), Money.ZERO))
                                .from(table)
                                .where(part.visible(ACCOUNT_ENTRIES.RING_TOKEN))
                                .and(which),
                        row -> new Summed(row.getLong(1), Money.find(row, 2)))
                .get(0);
    }

    void deleteAll(DSLContext dsl, String key) {
        dsl.deleteFrom(table).where(ACCOUNT_ENTRIES.CUSTOMER_KEY.eq(key)).execute();
    }
}
