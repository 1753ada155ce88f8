package dev.ringshard.walk;

import dev.ringshard.walk.TenantBooks.Sold;
import dev.ringshard.walk.TenantBooks.Totals;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/** What the shop's application does, each transaction for one tenant; what comes back is compared with the books. Thread-safe. */
final class ShopTransactions {
    private static final BigDecimal PRICE = new BigDecimal("9.99");

    /** A tenant with more orders is not added up as a whole. */
    private static final int FEW = 2_000;

    private final ShopBooks books;
    private volatile String newTenantsCountry = "DE";

    ShopTransactions(ShopBooks books) {
        this.books = books;
    }

    /** From now on new tenants are from there. */
    void setCountry(String code) {
        newTenantsCountry = code;
    }

    /** An answer that is not what was acknowledged before. */
    static final class WrongAnswer extends RuntimeException {
        private static final long serialVersionUID = 1;

        WrongAnswer(String what, Object expected, Object answer) {
            super("%s: %s expected, and the answer is %s".formatted(what, expected, answer));
        }
    }

    /**
     * One transaction of a kind by chance.
     *
     * @throws SQLException if the database refuses it; the books are then as before
     */
    void run(ShopInstance instance) throws SQLException {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        int kind = random.nextInt(100);
        if (kind == 0) {
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
        books.ordersBegun.incrementAndGet();
        long id = inTransaction(instance, tenant.tenant, connection -> {
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
        BigDecimal amount = PRICE.multiply(BigDecimal.valueOf(2L * lines));
        tenant.add(Totals.sale(lines, amount));
        tenant.remember(new Sold(id, lines, amount, false));
        books.ordersAcknowledged.incrementAndGet();
    }

    /** In autocommit. */
    private void pay(ShopInstance instance, TenantBooks tenant, int place) throws SQLException {
        Sold order = tenant.sold().get(place);
        int paid = instance.work(
                tenant.tenant,
                connection -> update(
                        connection,
                        "UPDATE orders SET status = 'paid' WHERE id = ? AND tenant_id = ?",
                        order.id(),
                        tenant.tenant));
        expect(tenant, "orders that were paid", 1, paid);
        tenant.sold().set(place, order.paid());
        tenant.add(Totals.audited(1));
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
            Object id = tenant.tenant;
            Totals totals = new Totals(
                    number(connection, "SELECT count(*) FROM users WHERE tenant_id = ?", id),
                    number(connection, "SELECT count(*) FROM orders WHERE tenant_id = ?", id),
                    number(
                            connection,
                            "SELECT count(*) FROM order_lines JOIN orders ON orders.id = order_id WHERE orders.tenant_id = ?",
                            id),
                    new BigDecimal(text(
                            connection, "SELECT coalesce(sum(total), 0.00) FROM order_totals WHERE tenant_id = ?", id)),
                    number(
                            connection,
                            "SELECT count(*) FROM returns JOIN orders ON orders.id = order_id WHERE orders.tenant_id = ?",
                            id),
                    tenant.totals().sessions(),
                    tenant.totals().audited());
            connection.commit();
            connection.setAutoCommit(true);
            connection.setReadOnly(false);
            return totals;
        });
        expect(tenant, "totals", tenant.totals(), found);
    }

    private void login(ShopInstance instance, TenantBooks tenant) throws SQLException {
        String token = UUID.randomUUID().toString();
        int changed = inTransaction(
                instance,
                tenant.tenant,
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
        tenant.add(Totals.sessions(1));
    }

    private void takeBack(ShopInstance instance, TenantBooks tenant, Sold order) throws SQLException {
        int taken = instance.work(
                tenant.tenant,
                connection -> update(
                        connection, "INSERT INTO returns (order_id, line, reason) VALUES (?, 1, 'Zoë')", order.id()));
        expect(tenant, "returns", 1, taken);
        tenant.add(Totals.returns(1));
    }

    private static void expect(TenantBooks tenant, String what, Object expected, Object answer) {
        if (!expected.equals(answer)) {
            throw new WrongAnswer(what + " of " + tenant.tenant, expected, answer);
        }
    }

    private static <T> T inTransaction(ShopInstance instance, UUID tenant, ShopInstance.Work<T> work)
            throws SQLException {
        return instance.work(tenant, connection -> {
            connection.setAutoCommit(false);
            try {
                T result = work.on(connection);
                connection.commit();
                return result;
            } catch (SQLException failure) {
                connection.rollback();
                throw failure;
            } finally {
                connection.setAutoCommit(true);
            }
        });
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
