package dev.ringshard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.spring.InMemoryShards;
import dev.ringshard.spring.ShardKey;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.test.context.TestContextManager;
import org.springframework.test.context.TestPropertySource;
import org.springframework.transaction.annotation.Transactional;

/** The Java and the YAML of the page about Spring Boot stand here, and run. */
class SpringPageTest {
    private static final Document PAGE = Document.read(Path.of("src/docs/spring.md"));

    @Test
    void the_example_does_what_the_page_says() throws Exception {
        OrdersTest test = new OrdersTest();
        new TestContextManager(OrdersTest.class).prepareTestInstance(test);
        UUID tenant = UUID.randomUUID();
        dev.ringshard.jdbc.ShardKey.with(
                tenant, () -> test.jdbc.update("INSERT INTO tenants (id, name) VALUES (?, 'Ada')", tenant));

        test.orders.place(new Order(tenant, 1, new BigDecimal("12.50")));

        assertThat(test.orders.amountsOf(tenant)).containsExactly(new BigDecimal("12.50"));
    }

    @Test
    void every_line_of_java_in_the_page_stands_in_this_test() {
        String source = squeezed(Document.read(Path.of("src/test/java/dev/ringshard/SpringPageTest.java"))
                .text());
        List<String> blocks = PAGE.blocks("```java", "```");

        assertThat(blocks).hasSize(2);
        assertThat(blocks).flatMap(block -> block.lines().toList()).allSatisfy(line -> assertThat(source)
                .contains(squeezed(line)));
    }

    @Test
    void the_yaml_in_the_page_is_that_of_the_example() {
        assertThat(PAGE.blocks("```yaml", "```"))
                .containsExactly(Document.read(Path.of("src/test/resources/spring-page/application.yaml"))
                        .text());
    }

    private static String squeezed(String text) {
        return text.replaceAll("\\s+", "");
    }

    record Order(UUID tenantId, int number, BigDecimal amount) {}

    static class Orders {
        private final JdbcTemplate jdbc;

        Orders(JdbcTemplate jdbc) {
            this.jdbc = jdbc;
        }

        @Transactional
        @ShardKey("#order.tenantId")
        public void place(Order order) {
            jdbc.update(
                    "INSERT INTO orders (tenant_id, number, amount) VALUES (?, ?, ?)",
                    order.tenantId(),
                    order.number(),
                    order.amount());
        }

        @Transactional(readOnly = true)
        public List<BigDecimal> amountsOf(@ShardKey UUID tenant) {
            return jdbc.queryForList("SELECT amount FROM orders WHERE tenant_id = ?", BigDecimal.class, tenant);
        }
    }

    /** The application of the page; what is left out here is in other tests. */
    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration(
            excludeName = {
                "org.springframework.boot.autoconfigure.flyway.FlywayAutoConfiguration",
                "org.springframework.boot.autoconfigure.orm.jpa.HibernateJpaAutoConfiguration"
            })
    static class Application {
        @Bean
        Orders orders(JdbcTemplate jdbc) {
            return new Orders(jdbc);
        }
    }

    @SpringBootTest
    @InMemoryShards
    @TestPropertySource(
            properties = {
                "spring.config.location=classpath:spring-page/application.yaml",
                "spring.main.web-application-type=none"
            })
    @SuppressWarnings({"NullAway.Init", "JUnitClassModifiers"})
    static class OrdersTest {
        @Autowired
        Orders orders;

        @Autowired
        JdbcTemplate jdbc;

        /** Where Spring finds what to start; an application's own is found by its annotation. */
        @Configuration(proxyBeanMethods = false)
        @org.springframework.context.annotation.Import(Application.class)
        static class Started {}
    }
}
