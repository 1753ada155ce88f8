package dev.ringshard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jooq.impl.DSL.table;

import dev.ringshard.config.BankConfig;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.config.ShardedTable;
import dev.ringshard.jdbc.ShardKey;
import dev.ringshard.rebalance.RebalancePlan;
import dev.ringshard.rebalance.RebalanceReport;
import dev.ringshard.routing.PointRead;
import dev.ringshard.scatter.Gathered;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The README's Java compiles, runs, and is word for word what stands here; its SQL makes the tables that the Java works with;
 * its YAML says the same as its Java.
 */
class ReadmeTest {
    private static final Logger log = LoggerFactory.getLogger(ReadmeTest.class);

    @Test
    void the_example_does_what_the_readme_says() throws SQLException {
        ShardedTable orders = ShardedTable.byKey("orders", "tenant_id");
        RingshardConfig config = RingshardConfig.builder("shop")
                .bank(BankConfig.OFF)
                .table(ShardedTable.byKey("tenants", "id"))
                .table(orders)
                .migrations("classpath:shop")
                .shard(ShardConfig.of("eu-1", "jdbc:h2:mem:eu-1;DB_CLOSE_DELAY=-1", "sa", ""))
                .shard(ShardConfig.of("eu-2", "jdbc:h2:mem:eu-2;DB_CLOSE_DELAY=-1", "sa", ""))
                .build();
        Ringshard.init(config); // makes the tables on every shard; repeating it runs what is new
        Ringshard shop = Ringshard.open(config); // once for each application; thread-safe
        try (shop) {
            UUID ada = UUID.randomUUID();
            shop.router()
                    .transaction(
                            ada,
                            tx -> { // tx.dsl() is jOOQ, tx.connection() plain JDBC
                                tx.dsl().execute("INSERT INTO tenants (id, name) VALUES (?, 'Ada')", ada);
                                return tx.dsl()
                                        .execute(
                                                "INSERT INTO orders (tenant_id, number, amount) VALUES (?, 1, 12.50)",
                                                ada);
                            });

            PointRead<BigDecimal> amounts =
                    PointRead.of("SELECT amount FROM orders WHERE tenant_id = ?", row -> row.getBigDecimal(1));
            List<BigDecimal> ofAda = shop.router().read(ada, amounts, ada);

            Gathered<Integer> counts =
                    shop.scatter().gather(part -> part.dsl().fetchCount(table("orders"), part.visible(orders)));
            int ofAll = counts.values().stream().mapToInt(count -> count).sum();

            DataSource dataSource = shop.dataSource(); // of JDBC 4.3, with sharding keys; a pool by itself

            // everything within that calls getConnection() works where Ada's rows are
            String name = ShardKey.with(ada, () -> {
                try (Connection connection = dataSource.getConnection();
                        PreparedStatement query =
                                connection.prepareStatement("SELECT name FROM tenants WHERE id = ?")) {
                    query.setObject(1, ada);
                    try (ResultSet row = query.executeQuery()) {
                        return row.next() ? row.getString(1) : "";
                    }
                }
            });

            assertThat(name).isEqualTo("Ada");
            assertThat(ofAll).isEqualTo(1);
            assertThat(ofAda).containsExactly(new BigDecimal("12.50"));
            assertThat(shop.verify().isSound()).isTrue();
            assertThat(config.shardedTables()).isEqualTo(yaml().shardedTables());
        }
    }

    @Test
    void shards_join_and_leave_as_the_readme_says() {
        RingshardConfig config = RingshardConfig.builder("shop")
                .bank(BankConfig.OFF)
                .table(ShardedTable.byKey("tenants", "id"))
                .table(ShardedTable.byKey("orders", "tenant_id"))
                .migrations("classpath:shop")
                .shard(ShardConfig.of("eu-1", "jdbc:h2:mem:growing-1;DB_CLOSE_DELAY=-1", "sa", ""))
                .shard(ShardConfig.of("eu-2", "jdbc:h2:mem:growing-2;DB_CLOSE_DELAY=-1", "sa", ""))
                .build();
        Ringshard.init(config);
        try (Ringshard shop = Ringshard.open(config)) {
            List<UUID> tenants = tenants(shop, 50);

            RebalanceReport joined =
                    shop.addShard(ShardConfig.of("eu-3", "jdbc:h2:mem:eu-3;DB_CLOSE_DELAY=-1", "sa", ""));
            RebalanceReport left = shop.removeShard("eu-1"); // left.movedRows(), left.writePauses().p99(), …

            RebalancePlan plan = shop.rebalancer().plan(); // or in two steps, after a change of the configuration
            shop.rebalancer()
                    .run(plan, progress -> log.info("{} of {} rows", progress.doneRows(), progress.totalRows()));

            assertThat(joined.movedRows()).isPositive();
            assertThat(left.movedRows()).isPositive();
            assertThat(left.writePauses().p99()).isPositive();
            assertThat(plan.isEmpty()).isTrue();
            assertThat(tenants)
                    .allSatisfy(tenant -> assertThat(names(shop, tenant)).containsExactly("of " + tenant));
        }
    }

    private static List<UUID> tenants(Ringshard shop, int number) {
        List<UUID> tenants = Stream.generate(UUID::randomUUID).limit(number).toList();
        tenants.forEach(tenant -> shop.router().transaction(tenant, tx -> tx.dsl()
                .execute("INSERT INTO tenants (id, name) VALUES (?, ?)", tenant, "of " + tenant)));
        return tenants;
    }

    private static List<String> names(Ringshard shop, UUID tenant) {
        return shop.router()
                .read(tenant, PointRead.of("SELECT name FROM tenants WHERE id = ?", row -> row.getString(1)), tenant);
    }

    @Test
    void every_line_of_java_in_the_readme_stands_in_this_test() {
        String source = squeezed(Document.read(Path.of("src/test/java/dev/ringshard/ReadmeTest.java"))
                .text());
        List<String> blocks = Document.README.blocks("```java", "```");

        assertThat(blocks).hasSize(5);
        assertThat(blocks).flatMap(block -> block.lines().toList()).allSatisfy(line -> assertThat(source)
                .contains(squeezed(line)));
    }

    @Test
    void the_sql_in_the_readme_is_what_the_example_runs() {
        assertThat(Document.README.blocks("```sql", "```"))
                .containsExactly(Document.read(Path.of("src/test/resources/shop/V1__tables.sql"))
                        .text());
    }

    @Test
    void the_configuration_in_the_readme_is_one() {
        assertThat(yaml().shards()).hasSize(2);
        assertThat(yaml().bank()).isEqualTo(BankConfig.OFF);
    }

    private static RingshardConfig yaml() {
        return RingshardConfig.parse(
                Document.README.blocks("```yaml", "```").get(0), Map.of("SHOP_PASSWORD", "secret"));
    }

    @Test
    void the_readme_can_be_read_in_one_sitting() {
        assertThat(Document.README.text().lines()).hasSizeLessThanOrEqualTo(200);
    }

    /** Without the white space, in which a formatter and a page may differ. */
    private static String squeezed(String text) {
        return text.replaceAll("\\s+", "");
    }
}
