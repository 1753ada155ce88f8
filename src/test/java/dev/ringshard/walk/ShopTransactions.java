package dev.ringshard.walk;

import static org.awaitility.Awaitility.await;

import dev.ringshard.walk.TenantBooks.Sold;
import dev.ringshard.walk.TenantBooks.Totals;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/** What the shop's application does, each transaction for one tenant; what comes back is compared with the books. Thread-safe. */
public final class ShopTransactions {
    private static final BigDecimal PRICE = new BigDecimal("9.99");
    private static final String OUTCOME_UNKNOWN = "08007";
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** A tenant with more orders is not added up as a whole. */
    private static final int FEW = 2_000;

    private final ShopBooks books;
    private final boolean answersGetLost;
    private volatile String newTenantsCountry = "DE";

    private ShopTransactions(ShopBooks books, boolean answersGetLost) {
        this.books = books;
        this.answersGetLost = answersGetLost;
    }

    /** Of an application that learns what became of its transactions. */
    static ShopTransactions of(ShopBooks books) {
        return new ShopTransactions(books, false);
    }

    /** Of one that may not: it looks afterwards, and so changes nothing but in transactions that hold the tenant's row, of tenants that are there. */
    public static ShopTransactions whoseAnswersGetLost(ShopBooks books) {
        return new ShopTransactions(books, true);
    }

    /** From now on new tenants are from there. */
    void setCountry(String code) {
        newTenantsCountry = code;
    }

    /** An answer that is not what was acknowledged before. */
    public static final class WrongAnswer extends RuntimeException {
        private static final long serialVersionUID = 1;

        WrongAnswer(String what, Object expected, Object answer) {
            super("%s: %s expected, and the answer is %s".formatted(what, expected, answer));
        }
    }

    /**
     * One transaction of a kind by chance.
     *
     * @throws SQLException if the database refuses it; the books are then as before, or as it was found to be if that was not known
     */
    public void run(ShopInstance instance) throws SQLException {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        int kind = random.nextInt(100);
        if (kind == 0 && !answersGetLost) {
            welcome(instance);
            return;
        }
        TenantBooks tenant = books.take();
        try {
            List<Sold> sold = tenant.sold();
            if (kind < 40 || sold.isEmpty()) {
                sell(instance, tenant, 1 + random.nextInt(5));
            } else if (kind < 55) {
                pay(instance, tenant, random.nextInt(sold.size()));
            } else if (kind < 75) {
                read(instance, tenant, sold.get(random.nextInt(sold.size())));
            } else if (kind < 85 && tenant.totals().orders() < FEW) {
                addUp(instance, tenant);
            } else if (kind < 95) {
                login(instance, tenant);
            } else {
                takeBack(instance, tenant, sold.get(random.nextInt(sold.size())));
            }
        } finally {
            tenant.lock.unlock();
        }
    }

    private void welcome(ShopInstance instance) throws SQLException {
        UUID tenant = UUID.randomUUID();
        long user = inTransaction(instance, tenant, connection -> {
            update(
                    connection,
                    "INSERT INTO tenants (id, name, country) VALUES (?, 'New', ?)",
                    tenant,
                    newTenantsCountry);
            return number(
                    connection,
                    "INSERT INTO users (tenant_id, email) VALUES (?, ?) RETURNING id",
                    tenant,
                    "first@" + tenant);
        });
        books.add(new TenantBooks(tenant, user, Totals.NONE.plus(Totals.users(1))));
    }

    private void sell(ShopInstance instance, TenantBooks tenant, int lines) throws SQLException {
        BigDecimal amount = PRICE.multiply(BigDecimal.valueOf(2L * lines));
        books.ordersBegun.incrementAndGet();
        long id = inTransaction(instance, tenant, Totals.sale(lines, amount), connection -> {
            long order = number(
                    connection,
                    "INSERT INTO orders (tenant_id, placed_by, currency) VALUES (?, ?, 'EUR') RETURNING id",
                    tenant.tenant,
                    tenant.user);
            expect(
                    tenant,
                    "new lines",
                    lines,
                    update(
                            connection,
                            "INSERT INTO order_lines (order_id, line, quantity, price) SELECT ?, line, 2, ? FROM generate_series(1, ?) line",
                            order,
                            PRICE,
                            lines));
            return order;
        });
        tenant.remember(new Sold(id, lines, amount, false));
        books.ordersAcknowledged.incrementAndGet();
    }

    private void pay(ShopInstance instance, TenantBooks tenant, int place) throws SQLException {
        Sold order = tenant.sold().remove(place);
        int paid = atOnce(
                instance,
                tenant,
                Totals.audited(1),
                connection -> update(
                        connection,
                        "UPDATE orders SET status = 'paid' WHERE id = ? AND tenant_id = ?",
                        order.id(),
                        tenant.tenant));
        expect(tenant, "orders that were paid", 1, paid);
        tenant.remember(order.paid());
    }

    /** In autocommit. */
    private void read(ShopInstance instance, TenantBooks tenant, Sold order) throws SQLException {
        String found = instance.work(tenant.tenant, connection -> text(connection, """
                SELECT concat_ws(' ', status, count(*), sum(amount)) FROM orders JOIN order_lines ON order_id = orders.id
                WHERE orders.id = ? AND orders.tenant_id = ? GROUP BY orders.id""", order.id(), tenant.tenant));
        expect(
                tenant,
                "order " + order.id(),
                "%s %d %s".formatted(order.isPaid() ? "paid" : "open", order.lines(), order.amount()),
                found);
    }

    /** In a transaction that only reads, by several statements. */
    private void addUp(ShopInstance instance, TenantBooks tenant) throws SQLException {
        Totals found = instance.work(tenant.tenant, connection -> {
            connection.setReadOnly(true);
            connection.setAutoCommit(false);
            Totals totals = totals(
                    connection,
                    tenant.tenant,
                    tenant.totals().sessions(),
                    tenant.totals().audited());
            connection.commit();
            connection.setAutoCommit(true);
            connection.setReadOnly(false);
            return totals;
        });
        expect(tenant, "totals", tenant.totals(), found);
    }

    private static Totals totals(Connection connection, UUID tenant, long sessions, long audited) throws SQLException {
        return new Totals(
                number(connection, "SELECT count(*) FROM users WHERE tenant_id = ?", tenant),
                number(connection, "SELECT count(*) FROM orders WHERE tenant_id = ?", tenant),
                number(
                        connection,
                        "SELECT count(*) FROM order_lines JOIN orders ON orders.id = order_id WHERE orders.tenant_id = ?",
                        tenant),
                new BigDecimal(text(
                        connection, "SELECT coalesce(sum(total), 0.00) FROM order_totals WHERE tenant_id = ?", tenant)),
                number(
                        connection,
                        "SELECT count(*) FROM returns JOIN orders ON orders.id = order_id WHERE orders.tenant_id = ?",
                        tenant),
                sessions,
                audited);
    }

    private void login(ShopInstance instance, TenantBooks tenant) throws SQLException {
        String token = UUID.randomUUID().toString();
        int changed = inTransaction(
                instance,
                tenant,
                Totals.sessions(1),
                connection -> update(
                                connection,
                                "INSERT INTO sessions (tenant_id, token) VALUES (?, ?)",
                                tenant.tenant,
                                token)
                        + update(
                                connection,
                                "UPDATE users SET manager_id = NULL WHERE id = ? AND tenant_id = ?",
                                tenant.user,
                                tenant.tenant));
        expect(tenant, "a session and its user", 2, changed);
    }

    private void takeBack(ShopInstance instance, TenantBooks tenant, Sold order) throws SQLException {
        int taken = atOnce(
                instance,
                tenant,
                Totals.returns(1),
                connection -> update(
                        connection, "INSERT INTO returns (order_id, line, reason) VALUES (?, 1, 'Zoë')", order.id()));
        expect(tenant, "returns", 1, taken);
    }

    private static void expect(TenantBooks tenant, String what, Object expected, Object answer) {
        if (!expected.equals(answer)) {
            throw new WrongAnswer(what + " of " + tenant.tenant, expected, answer);
        }
    }

    /** In autocommit, unless somebody may have to ask for the outcome. */
    private <T> T atOnce(ShopInstance instance, TenantBooks tenant, Totals effect, ShopInstance.Work<T> work)
            throws SQLException {
        if (answersGetLost) {
            return inTransaction(instance, tenant, effect, work);
        }
        T result = instance.work(tenant.tenant, work);
        tenant.add(effect);
        return result;
    }

    /** With its effect in the books, if it has any. */
    private <T> T inTransaction(ShopInstance instance, TenantBooks tenant, Totals effect, ShopInstance.Work<T> work)
            throws SQLException {
        try {
            T result = inTransaction(instance, tenant.tenant, connection -> {
                if (answersGetLost) {
                    text(connection, "SELECT id FROM tenants WHERE id = ? FOR KEY SHARE", tenant.tenant);
                }
                return work.on(connection);
            });
            tenant.add(effect);
            return result;
        } catch (SQLException failure) {
            if (answersGetLost && OUTCOME_UNKNOWN.equals(failure.getSQLState()) && cameOff(instance, tenant, effect)) {
                tenant.add(effect);
            }
            throw failure;
        }
    }

    /** Once whoever holds the tenant's row has ended. */
    private boolean cameOff(ShopInstance instance, TenantBooks tenant, Totals effect) {
        Totals found = await().atMost(PATIENCE)
                .ignoreExceptionsMatching(SQLException.class::isInstance)
                .until(
                        () -> inTransaction(instance, tenant.tenant, connection -> {
                            text(connection, "SELECT id FROM tenants WHERE id = ? FOR UPDATE", tenant.tenant);
                            return totals(
                                    connection,
                                    tenant.tenant,
                                    number(
                                            connection,
                                            "SELECT count(*) FROM sessions WHERE tenant_id = ?",
                                            tenant.tenant),
                                    number(
                                            connection,
                                            "SELECT count(*) FROM audit_log WHERE tenant_id = ?",
                                            tenant.tenant));
                        }),
                        Objects::nonNull);
        if (!found.equals(tenant.totals()) && !found.equals(tenant.totals().plus(effect))) {
            throw new WrongAnswer(
                    "totals after an answer was lost", tenant.totals().plus(effect), found);
        }
        return !found.equals(tenant.totals());
    }

    private static <T> T inTransaction(ShopInstance instance, UUID tenant, ShopInstance.Work<T> work)
            throws SQLException {
        return instance.work(tenant, connection -> {
            connection.setAutoCommit(false);
            try {
                T result = work.on(connection);
                connection.commit();
                connection.setAutoCommit(true);
                return result;
            } catch (SQLException failure) {
                rollBack(connection, failure);
                throw failure;
            }
        });
    }

    private static void rollBack(Connection connection, SQLException reason) {
        try {
            connection.rollback();
            connection.setAutoCommit(true);
        } catch (SQLException closed) {
            reason.addSuppressed(closed);
        }
    }

    private static PreparedStatement prepared(Connection connection, String sql, Object... values) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i]);
        }
        return statement;
    }

    private static int update(Connection connection, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = prepared(connection, sql, values)) {
            return statement.executeUpdate();
        }
    }

    private static String text(Connection connection, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = prepared(connection, sql, values);
                ResultSet row = statement.executeQuery()) {
            return row.next() ? Objects.requireNonNull(row.getString(1)) : "no row";
        }
    }

    private static long number(Connection connection, String sql, Object... values) throws SQLException {
        return Long.parseLong(text(connection, sql, values));
    }
}
