package dev.ringshard.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.Ringshard;
import dev.ringshard.jdbc.RingshardDataSource;
import dev.ringshard.spring.ShopApplication.Orders;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.test.context.TestContextManager;

/** A test of an application, as {@code SpringPageTest} has one, whose shards in its properties do not answer. */
@Tag("ci")
class InMemoryShardsTest {

    @Test
    void two_lines_test_an_application_on_shards_in_memory() throws Exception {
        OrdersTest test = new OrdersTest();
        new TestContextManager(OrdersTest.class).prepareTestInstance(test);

        UUID tenant = UUID.randomUUID();
        test.orders.found(tenant, "Ada");

        assertThat(test.orders.count(tenant)).isZero();
        assertThat(test.ringshard.status().shards())
                .extracting(shard -> shard.name())
                .containsExactly("memory-1", "memory-2", "memory-3");
    }

    @Test
    void a_slice_of_an_application_has_the_shards_and_keeps_their_data_source() throws Exception {
        SliceTest test = new SliceTest();
        new TestContextManager(SliceTest.class).prepareTestInstance(test);

        UUID tenant = UUID.randomUUID();
        test.tenants.found(tenant);

        assertThat(test.dataSource).isInstanceOf(RingshardDataSource.class);
        assertThat(test.tenants.count(tenant)).isEqualTo(1);
        assertThat(test.replace).as("as Boot's slices are told to keep it").isEqualTo("none");
    }

    /** As Boot's slices are: of all that configures itself, only what the slice names is there. */
    @SpringBootTest(
            classes = Tenants.class,
            webEnvironment = SpringBootTest.WebEnvironment.NONE,
            properties = {
                "ringshard.cluster=shop",
                "ringshard.bank=false",
                "ringshard.tables.sharded[0].name=tenants",
                "ringshard.tables.sharded[0].key=id",
                "ringshard.tables.sharded[1].name=orders",
                "ringshard.tables.sharded[1].key=tenant_id",
                "ringshard.tables.migrations=classpath:shop",
                "ringshard.shards[0].name=eu-1",
                "ringshard.shards[0].url=jdbc:postgresql://localhost:1/shop"
            })
    @InMemoryShards
    @SuppressWarnings({"NullAway.Init", "JUnitClassModifiers"})
    static class SliceTest {
        @Autowired
        Tenants tenants;

        @Autowired
        DataSource dataSource;

        @Value("${spring.test.database.replace}")
        String replace;
    }

    static class Tenants {
        private final DataSource dataSource;

        Tenants(DataSource dataSource) {
            this.dataSource = dataSource;
        }

        @ShardKey("#tenant")
        public void found(UUID tenant) {
            new JdbcTemplate(dataSource).update("INSERT INTO tenants (id, name) VALUES (?, 'Ada')", tenant);
        }

        @ShardKey("#tenant")
        public int count(UUID tenant) {
            return new JdbcTemplate(dataSource)
                    .queryForList("SELECT name FROM tenants WHERE id = ?", tenant)
                    .size();
        }
    }

    @SpringBootTest(
            classes = ShopApplication.class,
            webEnvironment = SpringBootTest.WebEnvironment.NONE,
            properties = {
                "ringshard.cluster=shop",
                "ringshard.bank=false",
                "ringshard.tables.sharded[0].name=tenants",
                "ringshard.tables.sharded[0].key=id",
                "ringshard.tables.sharded[1].name=orders",
                "ringshard.tables.sharded[1].key=tenant_id",
                "ringshard.tables.migrations=classpath:shop",
                "ringshard.shards[0].name=eu-1",
                "ringshard.shards[0].url=jdbc:postgresql://localhost:1/shop"
            })
    @InMemoryShards(3)
    @SuppressWarnings({"NullAway.Init", "JUnitClassModifiers"})
    static class OrdersTest {
        @Autowired
        Orders orders;

        @Autowired
        Ringshard ringshard;
    }
}
