package dev.ringshard.walk;

import dev.ringshard.testing.TestDatabase;
import dev.ringshard.walk.TenantBooks.Totals;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/** What the whole shop must have in its databases, by all that was acknowledged. Thread-safe. */
public final class ShopBooks {
    /** Lines and returns by their orders, because at first they have no other way to a tenant. */
    private static final String READ = """
            WITH u AS (SELECT tenant_id, count(*) AS number, min(id) AS first FROM users GROUP BY 1),
                o AS (SELECT tenant_id, count(*) AS number FROM orders GROUP BY 1),
                l AS (SELECT orders.tenant_id, count(*) AS number, sum(amount) AS amount
                      FROM order_lines JOIN orders ON orders.id = order_id GROUP BY 1),
                r AS (SELECT orders.tenant_id, count(*) AS number FROM returns JOIN orders ON orders.id = order_id GROUP BY 1),
                s AS (SELECT tenant_id, count(*) AS number FROM sessions GROUP BY 1),
                a AS (SELECT tenant_id, count(*) AS number FROM audit_log GROUP BY 1)
            SELECT tenants.id, u.first, coalesce(u.number, 0), coalesce(o.number, 0), coalesce(l.number, 0),
                coalesce(l.amount, 0.00), coalesce(r.number, 0), coalesce(s.number, 0), coalesce(a.number, 0)
            FROM tenants LEFT JOIN u ON u.tenant_id = tenants.id LEFT JOIN o ON o.tenant_id = tenants.id
                LEFT JOIN l ON l.tenant_id = tenants.id LEFT JOIN r ON r.tenant_id = tenants.id
                LEFT JOIN s ON s.tenant_id = tenants.id LEFT JOIN a ON a.tenant_id = tenants.id""";

    private final List<TenantBooks> tenants;
    private final TenantBooks largest;
    final AtomicLong ordersBegun;
    final AtomicLong ordersAcknowledged;

    private ShopBooks(List<TenantBooks> tenants) {
        this.tenants = new CopyOnWriteArrayList<>(tenants);
        this.largest = tenants.stream()
                .max((one, other) ->
                        Long.compare(one.totals().orders(), other.totals().orders()))
                .orElseThrow();
        long orders =
                tenants.stream().mapToLong(tenant -> tenant.totals().orders()).sum();
        this.ordersBegun = new AtomicLong(orders);
        this.ordersAcknowledged = new AtomicLong(orders);
    }

    /** Of databases to which nobody writes. */
    public static ShopBooks of(List<TestDatabase> databases) throws SQLException {
        return new ShopBooks(read(databases));
    }

    private static List<TenantBooks> read(List<TestDatabase> databases) throws SQLException {
        List<TenantBooks> tenants = new ArrayList<>();
        for (TestDatabase database : databases) {
            tenants.addAll(read(database));
        }
        return tenants;
    }

    private static List<TenantBooks> read(TestDatabase database) throws SQLException {
        List<TenantBooks> tenants = new ArrayList<>();
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(READ)) {
            while (row.next()) {
                tenants.add(new TenantBooks(
                        row.getObject(1, UUID.class),
                        row.getLong(2),
                        new Totals(
                                row.getLong(3),
                                row.getLong(4),
                                row.getLong(5),
                                row.getBigDecimal(6),
                                row.getLong(7),
                                row.getLong(8),
                                row.getLong(9))));
            }
        }
        return tenants;
    }

    /** Where databases to which nobody writes any more have something else: a line for each tenant. */
    public List<String> differences(List<TestDatabase> databases) throws SQLException {
        Map<UUID, Totals> there = new TreeMap<>();
        List<String> differences = new ArrayList<>();
        for (TenantBooks tenant : read(databases)) {
            if (there.put(tenant.tenant, tenant.totals()) != null) {
                differences.add("%s is on two shards".formatted(tenant.tenant));
            }
        }
        for (TenantBooks tenant : tenants) {
            Totals found = there.remove(tenant.tenant);
            if (!tenant.totals().equals(found)) {
                differences.add("%s should have %s and has %s".formatted(tenant.tenant, tenant.totals(), found));
            }
        }
        there.forEach((tenant, totals) -> differences.add("%s is nobody's, with %s".formatted(tenant, totals)));
        return differences;
    }

    void add(TenantBooks tenant) {
        tenants.add(tenant);
    }

    /** A tenant that nobody works for, locked; one time of twenty the largest, if it is free. */
    TenantBooks take() {
        while (true) {
            ThreadLocalRandom random = ThreadLocalRandom.current();
            TenantBooks tenant = random.nextInt(20) == 0 ? largest : tenants.get(random.nextInt(tenants.size()));
            if (tenant.lock.tryLock()) {
                return tenant;
            }
        }
    }
}
