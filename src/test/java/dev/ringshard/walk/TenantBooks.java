package dev.ringshard.walk;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;

/** What a tenant must have in the database, by all that was acknowledged. Whoever holds the lock may read and change it. */
final class TenantBooks {
    /** An order of the tenant's that was sold by the load. */
    record Sold(long id, int lines, BigDecimal amount, boolean isPaid) {
        Sold paid() {
            return new Sold(id, lines, amount, true);
        }
    }

    /** How many rows of each table, and what its orders come to. */
    record Totals(long users, long orders, long lines, BigDecimal amount, long returns, long sessions, long audited) {
        static final Totals NONE = new Totals(0, 0, 0, BigDecimal.ZERO.setScale(2), 0, 0, 0);

        Totals plus(Totals more) {
            return new Totals(
                    users + more.users,
                    orders + more.orders,
                    lines + more.lines,
                    amount.add(more.amount),
                    returns + more.returns,
                    sessions + more.sessions,
                    audited + more.audited);
        }

        static Totals sale(int lines, BigDecimal amount) {
            return new Totals(0, 1, lines, amount, 0, 0, 1);
        }

        static Totals users(int number) {
            return new Totals(number, 0, 0, BigDecimal.ZERO, 0, 0, 0);
        }

        static Totals returns(int number) {
            return new Totals(0, 0, 0, BigDecimal.ZERO, number, 0, 0);
        }

        static Totals sessions(int number) {
            return new Totals(0, 0, 0, BigDecimal.ZERO, 0, number, 0);
        }

        static Totals audited(int number) {
            return new Totals(0, 0, 0, BigDecimal.ZERO, 0, 0, number);
        }
    }

    private static final int REMEMBERED = 20;

    final ReentrantLock lock = new ReentrantLock();
    final UUID tenant;
    final long user;
    private final List<Sold> sold = new ArrayList<>();
    private Totals totals;

    TenantBooks(UUID tenant, long user, Totals totals) {
        this.tenant = tenant;
        this.user = user;
        this.totals = totals;
    }

    Totals totals() {
        return totals;
    }

    void add(Totals more) {
        totals = totals.plus(more);
    }

    /** The last orders, each by its place. */
    List<Sold> sold() {
        return sold;
    }

    void remember(Sold order) {
        sold.add(order);
        if (sold.size() > REMEMBERED) {
            sold.remove(0);
        }
    }
}
