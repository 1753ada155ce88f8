package dev.ringshard.spring;

import dev.ringshard.config.DatabaseKind;
import dev.ringshard.testing.TestCluster;
import dev.ringshard.testing.TestDatabase;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** An application of Spring Boot's, of whichever line is on the class path, with the tables of the README's shop, without JPA
 * and without Boot's Flyway, which does not go with every version of Flyway. */
@Configuration(proxyBeanMethods = false)
@EnableAsync
@EnableAutoConfiguration(
        excludeName = {
            "org.springframework.boot.autoconfigure.flyway.FlywayAutoConfiguration",
            "org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration",
            "org.springframework.boot.autoconfigure.orm.jpa.HibernateJpaAutoConfiguration",
            "org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration",
            "org.springframework.boot.autoconfigure.data.jdbc.JdbcRepositoriesAutoConfiguration",
            "org.springframework.boot.data.jdbc.autoconfigure.DataJdbcRepositoriesAutoConfiguration"
        })
class ShopApplication {

    /** Properties of a cluster of fresh databases, which the application founds when it starts. */
    static String[] properties(DatabaseKind kind, int shards) {
        List<String> properties = new ArrayList<>(List.of(
                "ringshard.cluster=shop",
                "ringshard.bank=false",
                "ringshard.init=true",
                "ringshard.tables.sharded[0].name=tenants",
                "ringshard.tables.sharded[0].key=id",
                "ringshard.tables.sharded[1].name=orders",
                "ringshard.tables.sharded[1].key=tenant_id",
                "ringshard.tables.migrations=classpath:shop",
                "ringshard.pool.size=4"));
        for (int i = 0; i < shards; i++) {
            TestDatabase database = TestCluster.database(kind);
            String shard = "ringshard.shards[%d].".formatted(i);
            properties.add(shard + "name=eu-" + (i + 1));
            properties.add(shard + "url=" + database.url());
            properties.add(shard + "user=" + database.user());
            properties.add(shard + "password=" + database.password());
        }
        return properties.toArray(String[]::new);
    }

    @Bean
    Orders orders(JdbcTemplate jdbc) {
        return new Orders(jdbc);
    }

    @Bean
    Shop shop(Orders orders, JdbcTemplate jdbc) {
        return new Shop(orders, jdbc);
    }

    @Bean
    OrderTexts orderTexts(JdbcTemplate jdbc) {
        return new OrderTextsByJdbc(jdbc);
    }

    /** An order as it comes in. */
    record NewOrder(UUID tenant, int number, BigDecimal amount) {}

    /** Says for which key its methods work, and in transactions. */
    static class Orders {
        private final JdbcTemplate jdbc;

        Orders(JdbcTemplate jdbc) {
            this.jdbc = jdbc;
        }

        @Transactional
        @ShardKey("#tenant")
        public void found(UUID tenant, String name) {
            jdbc.update("INSERT INTO tenants (id, name) VALUES (?, ?)", tenant, name);
        }

        @Transactional
        public void place(@ShardKey("tenant") NewOrder order) {
            jdbc.update(
                    "INSERT INTO orders (tenant_id, number, amount) VALUES (?, ?, ?)",
                    order.tenant(),
                    order.number(),
                    order.amount());
            if (order.amount().signum() < 0) {
                throw new IllegalArgumentException("an order of less than nothing");
            }
        }

        @Transactional(readOnly = true)
        @ShardKey("#p0")
        public int count(@Nullable UUID tenant) {
            return number("SELECT count(*) FROM orders WHERE tenant_id = ?", tenant);
        }

        @ShardKey("#tenants")
        public int countOfAll(List<UUID> tenants) {
            return tenants.stream()
                    .mapToInt(tenant -> number("SELECT count(*) FROM orders WHERE tenant_id = ?", tenant))
                    .sum();
        }

        /** In another thread, whose key it is as well. */
        @Async
        @Transactional(readOnly = true)
        public CompletableFuture<Integer> countLater(@ShardKey UUID tenant) {
            return CompletableFuture.completedFuture(number("SELECT count(*) FROM orders WHERE tenant_id = ?", tenant));
        }

        @ShardKey("@keyOfNobody")
        public int countOfNobody() {
            throw new AssertionError("not called");
        }

        private int number(String query, @Nullable UUID tenant) {
            Integer number = jdbc.queryForObject(query, Integer.class, tenant);
            return number == null ? -1 : number;
        }
    }

    /** Calls others within transactions of its own. */
    static class Shop {
        private final Orders orders;
        private final JdbcTemplate jdbc;

        Shop(Orders orders, JdbcTemplate jdbc) {
            this.orders = orders;
            this.jdbc = jdbc;
        }

        /** Whose first statement comes from within. */
        @Transactional
        public void placeBoth(NewOrder first, NewOrder second) {
            orders.place(first);
            orders.place(second);
        }

        @Transactional
        @ShardKey("#tenant")
        public int countBesideAnother(UUID tenant, UUID another) {
            jdbc.queryForList("SELECT number FROM orders WHERE tenant_id = ?", tenant);
            return orders.count(another);
        }

        /** For the key that the thread has. */
        @Transactional
        public int countWithin(UUID tenant) {
            jdbc.queryForList("SELECT number FROM orders WHERE tenant_id = ?", tenant);
            return orders.count(tenant);
        }

        @Transactional
        @ShardKey("#tenant")
        public void renameWhileAnotherIsFounded(UUID tenant, Founding founding, UUID another) {
            jdbc.update("UPDATE tenants SET name = 'renamed' WHERE id = ?", tenant);
            founding.found(another);
        }

        public List<String> namesWithoutKey() {
            return jdbc.queryForList("SELECT name FROM tenants", String.class);
        }
    }

    @Bean
    Founding founding(JdbcTemplate jdbc) {
        return new Founding(jdbc);
    }

    /** Works beside the transaction that it is called in. */
    static class Founding {
        private final JdbcTemplate jdbc;

        Founding(JdbcTemplate jdbc) {
            this.jdbc = jdbc;
        }

        @Transactional(propagation = Propagation.REQUIRES_NEW)
        @ShardKey("#tenant")
        public void found(UUID tenant) {
            jdbc.update("INSERT INTO tenants (id, name) VALUES (?, 'beside')", tenant);
        }
    }

    /** An interface that says which parameter is the key. */
    interface OrderTexts {
        List<String> texts(@ShardKey @Nullable UUID tenant);
    }

    /** What it is by, says nothing of keys. */
    static class OrderTextsByJdbc implements OrderTexts {
        private final JdbcTemplate jdbc;

        OrderTextsByJdbc(JdbcTemplate jdbc) {
            this.jdbc = jdbc;
        }

        @Override
        public List<String> texts(@Nullable UUID tenant) {
            return jdbc.query(
                    "SELECT number, amount FROM orders WHERE tenant_id = ? ORDER BY number",
                    (row, i) -> row.getInt(1) + ": " + row.getBigDecimal(2),
                    tenant);
        }
    }
}
