package dev.ringshard.bank;

import static dev.ringshard.generated.default_schema.Tables.CUSTOMERS;
import static org.jooq.impl.DSL.coalesce;
import static org.jooq.impl.DSL.count;
import static org.jooq.impl.DSL.noCondition;
import static org.jooq.impl.DSL.sum;

import dev.ringshard.config.ShardedTable;
import dev.ringshard.failure.CorruptionException;
import dev.ringshard.generated.default_schema.tables.records.CustomersRecord;
import dev.ringshard.routing.FencedStatement;
import dev.ringshard.routing.PointRead;
import dev.ringshard.routing.RowReader;
import dev.ringshard.scatter.RingRead;
import dev.ringshard.scatter.ShardPart;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.SelectConditionStep;
import org.jooq.Table;
import org.jooq.TableField;
import org.jooq.impl.DSL;

/** All SQL of the table {@code customers} alone. Immutable; its statements are made once. */
final class CustomerTable {
    private static final int STREAM_FETCH_SIZE = 1000;

    /** On PostgreSQL; H2 has no such values. */
    private static final Condition WITH_AMOUNTS = DSL.condition("'NaN' NOT IN (savings, checking, retirement_401k)");

    private static final String IN_ORDER =
            " ORDER BY {by-code-point:last_name}, {by-code-point:first_name}, {by-code-point:customer_key} LIMIT {rows}";

    private static final String BEYOND =
            "({by-code-point:last_name}, {by-code-point:first_name}, {by-code-point:customer_key})"
                    + " > ({by-code-point:?}, {by-code-point:?}, {by-code-point:?})";

    private static final String COLUMNS = "customer_key, first_name, last_name, savings, checking, retirement_401k,"
            + " ring_token, version, created_at, updated_at";

    /** One parameter: the key. */
    final PointRead<Customer> find;

    /** First name, last name, key, version. */
    final FencedStatement rename;

    /** One row: how many customers there are. */
    final RingRead<Long> count;

    /** One parameter: the last name. */
    final RingRead<Customer> withLastName;

    /** Customers in the order of {@link CustomerOrder#BY_NAME}. */
    final RingRead<Customer> firstPage;

    /** As {@link #firstPage}, after a place: last name, first name, key. */
    final RingRead<Customer> nextPage;

    private final Table<Record> table;
    private final PlainSql lock;
    private final Map<Account, PlainSql> add = new EnumMap<>(Account.class);

    CustomerTable(BankTables tables) {
        String name = tables.customers();
        String select = "SELECT %s FROM %s".formatted(COLUMNS, name);
        String byKey = select + " WHERE customer_key = ?";
        table = DSL.table(name);
        find = PointRead.of(byKey, CustomerTable::read);
        lock = new PlainSql(byKey + " FOR UPDATE");
        count = ringRead(tables, "SELECT count(*) FROM %s WHERE {visible}".formatted(name), row -> row.getLong(1));
        withLastName = ringRead(tables, select + " WHERE {visible} AND last_name = ?", CustomerTable::read);
        firstPage = ringRead(tables, select + " WHERE {visible}" + IN_ORDER, CustomerTable::read);
        nextPage = ringRead(tables, select + " WHERE {visible} AND " + BEYOND + IN_ORDER, CustomerTable::read);
        rename = FencedStatement.ofRows("""
                UPDATE %s SET first_name = ?, last_name = ?, version = version + 1, updated_at = CURRENT_TIMESTAMP
                WHERE customer_key = ? AND version = ?""".formatted(name));
        for (Account account : Account.values()) {
            add.put(account, new PlainSql("""
                    UPDATE %1$s SET %2$s = %2$s + ?, version = version + 1, updated_at = CURRENT_TIMESTAMP
                    WHERE customer_key = ?""".formatted(name, balance(account).getName())));
        }
    }

    private static <T> RingRead<T> ringRead(BankTables tables, String query, RowReader<T> reader) {
        return RingRead.of(ShardedTable.byToken(tables.customers(), "ring_token"), query, reader);
    }

    /** The column that holds the balance of an account. */
    static TableField<CustomersRecord, BigDecimal> balance(Account account) {
        return switch (account) {
            case SAVINGS -> CUSTOMERS.SAVINGS;
            case CHECKING -> CUSTOMERS.CHECKING;
            case RETIREMENT_401K -> CUSTOMERS.RETIREMENT_401K;
        };
    }

    /** Of a row that begins with {@link #COLUMNS}: by position, as to look for names would cost half of the reading. */
    static Customer read(ResultSet row) throws SQLException {
        return new Customer(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                new Balances(
                        Money.stored(row, 4, "savings"),
                        Money.stored(row, 5, "checking"),
                        Money.stored(row, 6, "retirement_401k")),
                row.getLong(7),
                row.getLong(8),
                row.getObject(9, OffsetDateTime.class).toInstant(),
                row.getObject(10, OffsetDateTime.class).toInstant());
    }

    /** The customer, locked until the transaction ends. */
    Optional<Customer> lock(Connection connection, String key) throws SQLException {
        return lock.query(connection, CustomerTable::read, key).stream().findFirst();
    }

    void insert(DSLContext dsl, NewCustomer customer, long token, long version) {
        dsl.insertInto(table)
                .set(CUSTOMERS.CUSTOMER_KEY, customer.key())
                .set(CUSTOMERS.FIRST_NAME, customer.firstName())
                .set(CUSTOMERS.LAST_NAME, customer.lastName())
                .set(CUSTOMERS.SAVINGS, customer.balances().savings())
                .set(CUSTOMERS.CHECKING, customer.balances().checking())
                .set(CUSTOMERS.RETIREMENT_401K, customer.balances().retirement401k())
                .set(CUSTOMERS.RING_TOKEN, token)
                .set(CUSTOMERS.VERSION, version)
                .execute();
    }

    /** Adds to one balance of a customer who is locked. */
    void add(Connection connection, String key, Account account, BigDecimal amount) throws SQLException {
        Objects.requireNonNull(add.get(account)).update(connection, amount, key);
    }

    void delete(DSLContext dsl, String key) {
        dsl.deleteFrom(table).where(CUSTOMERS.CUSTOMER_KEY.eq(key)).execute();
    }

    /** The look at each row for what is no amount is taken only if a sum is none. */
    Totals totals(ShardPart part) {
        return totals(part, noCondition()).orElseGet(() -> {
            Totals amounts = totals(part, WITH_AMOUNTS).orElseThrow();
            long all = part.read(count).get(0);
            return new Totals(
                    all,
                    amounts.savings(),
                    amounts.checking(),
                    amounts.retirement401k(),
                    amounts.inTransit(),
                    all - amounts.customers());
        });
    }

    /** Empty if a sum is no amount. */
    private Optional<Totals> totals(ShardPart part, Condition which) {
        return part.fetch(
                        part.dsl()
                                .select(
                                        count(),
                                        total(CUSTOMERS.SAVINGS),
                                        total(CUSTOMERS.CHECKING),
                                        total(CUSTOMERS.RETIREMENT_401K))
                                .from(table)
                                .where(part.visible(CUSTOMERS.RING_TOKEN))
                                .and(which),
                        CustomerTable::readTotals)
                .get(0);
    }

    private static Optional<Totals> readTotals(ResultSet row) throws SQLException {
        Optional<BigDecimal> savings = Money.find(row, 2);
        Optional<BigDecimal> checking = Money.find(row, 3);
        Optional<BigDecimal> retirement = Money.find(row, 4);
        return savings.isPresent() && checking.isPresent() && retirement.isPresent()
                ? Optional.of(new Totals(row.getLong(1), savings.get(), checking.get(), retirement.get()))
                : Optional.empty();
    }

    private static Field<BigDecimal> total(Field<BigDecimal> balance) {
        return coalesce(sum(balance), Money.ZERO);
    }

    private SelectConditionStep<? extends Record> visible(ShardPart part) {
        return part.dsl().select(columns()).from(table).where(part.visible(CUSTOMERS.RING_TOKEN));
    }

    private static List<Field<Object>> columns() {
        return Arrays.stream(COLUMNS.split(", ")).map(DSL::field).toList();
    }

    /** All customers of a part, fetched as they are asked for. */
    Iterator<Customer> all(ShardPart part) {
        return part.iterate(visible(part).fetchSize(STREAM_FETCH_SIZE), CustomerTable::read);
    }

    /** As {@link #all}, in the order of {@link CustomerOrder#BY_KEY}, and those who cannot be read in their place. */
    Iterator<Listed> allByKey(ShardPart part) {
        return part.iterate(
                visible(part)
                        .orderBy(part.codePointOrder(CUSTOMERS.CUSTOMER_KEY))
                        .fetchSize(STREAM_FETCH_SIZE),
                Listed::read);
    }

    /**
     * One of many customers.
     *
     * @param unreadable why there is no customer; empty if there is one
     */
    record Listed(String key, Optional<Customer> customer, Optional<CorruptionException> unreadable) {
        static Listed read(ResultSet row) throws SQLException {
            String key = row.getString(1);
            try {
                return new Listed(key, Optional.of(CustomerTable.read(row)), Optional.empty());
            } catch (CorruptionException unreadable) {
                return new Listed(key, Optional.empty(), Optional.of(unreadable));
            }
        }
    }
}
