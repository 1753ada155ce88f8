package dev.ringshard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.bank.Account;
import dev.ringshard.bank.Balances;
import dev.ringshard.bank.Customer;
import dev.ringshard.bank.CustomerRepository;
import dev.ringshard.bank.NewCustomer;
import dev.ringshard.bank.OperationId;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.rebalance.RebalancePlan;
import dev.ringshard.rebalance.RebalanceReport;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The README's Java compiles, runs, and is word for word what stands here; its YAML is a configuration. */
class ReadmeTest {
    private static final Logger log = LoggerFactory.getLogger(ReadmeTest.class);

    @Test
    void the_example_does_what_the_readme_says() throws SQLException {
        RingshardConfig config = RingshardConfig.builder("bank")
                .shard(ShardConfig.of("eu-1", "jdbc:h2:mem:eu-1;DB_CLOSE_DELAY=-1", "sa", ""))
                .shard(ShardConfig.of("eu-2", "jdbc:h2:mem:eu-2;DB_CLOSE_DELAY=-1", "sa", ""))
                .build();
        Ringshard.init(config); // once; repeating it changes nothing
        try (Ringshard bank = Ringshard.open(config)) {
            CustomerRepository customers = bank.customers();
            customers.create(new NewCustomer("c-1001", "Ada", "Lovelace", new Balances("100.00", "50.00", "0.00")));
            customers.deposit("c-1001", Account.SAVINGS, new BigDecimal("250.00"), OperationId.random());
            Customer ada = customers.find("c-1001").orElseThrow(); // ada.balances().savings() is 350.00

            assertThat(ada.balances()).isEqualTo(new Balances("350.00", "50.00", "0.00"));
            createNotes();
            anySqlOfTheCallers(bank);
        }
    }

    @Test
    void shards_join_and_leave_as_the_readme_says() {
        RingshardConfig config = RingshardConfig.builder("bank")
                .shard(ShardConfig.of("eu-1", "jdbc:h2:mem:growing-1;DB_CLOSE_DELAY=-1", "sa", ""))
                .shard(ShardConfig.of("eu-2", "jdbc:h2:mem:growing-2;DB_CLOSE_DELAY=-1", "sa", ""))
                .build();
        Ringshard.init(config);
        try (Ringshard bank = Ringshard.open(config)) {
            for (int i = 0; i < 50; i++) {
                bank.customers()
                        .create(new NewCustomer("c-" + i, "Ada", "Lovelace", new Balances("1.00", "0.00", "0.00")));
            }
            RebalanceReport joined =
                    bank.addShard(ShardConfig.of("eu-3", "jdbc:h2:mem:eu-3;DB_CLOSE_DELAY=-1", "sa", ""));
            RebalanceReport left = bank.removeShard("eu-1"); // left.movedRows(), left.writePauses().p99(), …

            RebalancePlan plan = bank.rebalancer().plan(); // or in two steps, after a change of the configuration
            bank.rebalancer()
                    .run(plan, progress -> log.info("{} of {} rows", progress.doneRows(), progress.totalRows()));

            assertThat(joined.movedRows()).isPositive();
            assertThat(left.movedRows()).isPositive();
            assertThat(left.writePauses().p99()).isPositive();
            assertThat(plan.isEmpty()).isTrue();
            assertThat(bank.customers().count()).isEqualTo(50);
        }
    }

    private static void createNotes() throws SQLException {
        for (String shard : List.of("eu-1", "eu-2")) {
            try (Connection connection = DriverManager.getConnection("jdbc:h2:mem:" + shard, "sa", "");
                    Statement statement = connection.createStatement()) {
                statement.execute(
                        "CREATE TABLE notes (customer_key varchar(255), ring_token bigint, text varchar(100))");
            }
        }
    }

    private static void anySqlOfTheCallers(Ringshard bank) {
        // tx.dsl() is jOOQ, tx.connection() plain JDBC
        bank.router().transaction("c-1001", tx -> tx.dsl()
                .execute("INSERT INTO notes VALUES (?, ?, 'called')", "c-1001", tx.token("c-1001")));
        int notes = bank.router().transaction("c-1001", tx -> tx.dsl().fetchCount(org.jooq.impl.DSL.table("notes")));

        assertThat(notes).isEqualTo(1);
    }

    @Test
    void every_line_of_java_in_the_readme_stands_in_this_test() throws IOException {
        String source = squeezed(Files.readString(Path.of("src/test/java/dev/ringshard/ReadmeTest.java")));
        List<String> blocks = blocks("```java\n(.*?)```");

        assertThat(blocks).hasSize(3);
        assertThat(blocks).flatMap(block -> block.lines().toList()).allSatisfy(line -> assertThat(source)
                .contains(squeezed(line)));
    }

    @Test
    void the_configuration_in_the_readme_is_one() throws IOException {
        List<String> blocks = blocks("YAML'\n(.*?)YAML\n");

        assertThat(blocks).hasSize(3);
        assertThat(RingshardConfig.parse(blocks.get(0), Map.of()).shards()).hasSize(2);
        assertThat(RingshardConfig.parse(blocks.get(1), Map.of()).shards()).hasSize(3);
        assertThat(RingshardConfig.parse(blocks.get(1) + blocks.get(2), Map.of())
                        .shards())
                .as("with what is added later")
                .hasSize(4);
    }

    @Test
    void the_tables_in_the_readme_go_with_that_configuration() throws IOException {
        String cluster = blocks("YAML'\n(.*?)YAML\n").get(1);

        assertThat(blocks("```yaml\n(.*?)```")).singleElement().satisfies(tables -> assertThat(
                        RingshardConfig.parse(cluster + tables, Map.of()).shardedTables())
                .hasSize(4));
    }

    private static List<String> blocks(String pattern) throws IOException {
        return Pattern.compile(pattern, Pattern.DOTALL)
                .matcher(Files.readString(Path.of("README.md")))
                .results()
                .map(block -> block.group(1))
                .toList();
    }

    /** Without the white space, in which a formatter and a page may differ. */
    private static String squeezed(String text) {
        return text.replaceAll("\\s+", "");
    }
}
