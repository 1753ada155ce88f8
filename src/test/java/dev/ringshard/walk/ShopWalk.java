package dev.ringshard.walk;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.ringshard.Document;
import dev.ringshard.Ringshard;
import dev.ringshard.cli.Cli;
import dev.ringshard.cli.ShopToAdopt;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.testing.InstalledServer;
import dev.ringshard.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * A shop's database becomes a cluster of three and a single database again, by the commands of {@code src/docs/adopting.md}, while its
 * application works all the while.
 */
final class ShopWalk {
    private static final Duration BETWEEN_ATTEMPTS = Duration.ofSeconds(1);
    private static final String JAR = "java -jar target/ringshard.jar ";
    private static final int ROWS_OF_A_TENANT = 238;
    private static final Duration BETWEEN_REPORTS = Duration.ofMillis(500);
    private static final String LOCK_NOT_AVAILABLE = "55P03";

    /** What the page has an application run, in its order. */
    private static final List<String> STATEMENTS = Document.ADOPTING.blocks("```sql", "```");

    private final InstalledServer server;
    private final Cli cli;
    private final TestDatabase shop;
    private final ShopBooks books;
    private final ShopTransactions transactions;
    private final int perSecond;
    private final List<String> commands = new ArrayList<>();
    private String yaml = "";

    private ShopWalk(InstalledServer server, Path directory, TestDatabase shop, int perSecond) throws SQLException {
        this.server = server;
        this.cli = new Cli(directory);
        this.shop = shop;
        this.perSecond = perSecond;
        this.books = ShopBooks.of(List.of(shop));
        this.transactions = ShopTransactions.of(books);
    }

    /** With so many rows at first, and so many transactions a second; returns how these fared in each step. */
    static List<StepTimes> walk(InstalledServer server, Path directory, int rows, int perSecond)
            throws SQLException, IOException {
        return new ShopWalk(server, directory, shop(server, rows), perSecond).walk();
    }

    private static TestDatabase shop(InstalledServer server, int rows) throws SQLException, IOException {
        TestDatabase shop = server.createDatabase();
        shop.execute(ShopToAdopt.resource("schema.sql"));
        shop.execute(ShopToAdopt.resource("rows.sql"));
        String more = ShopToAdopt.resource("more-rows.sql").formatted(Math.max(9, rows / ROWS_OF_A_TENANT));
        for (String statement : more.split(";\n", -1)) {
            shop.execute(statement);
        }
        shop.execute("""
                CREATE ROLE shop_application LOGIN;
                GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO shop_application;
                GRANT USAGE ON SEQUENCE audit_log_id_seq TO shop_application""");
        return shop;
    }

    private List<StepTimes> walk() throws SQLException, IOException {
        List<String> before;
        List<StepTimes> steps;
        try (HikariDataSource direct = direct();
                ShopLoad load = ShopLoad.begin(transactions, perSecond, ShopInstance.direct(direct));
                ShopReports reports = ShopReports.begin(books, BETWEEN_REPORTS, load::fail)) {
            load.awaitMore(perSecond);
            load.enter("doctor");
            JsonNode diagnosis = askTheDoctor(3);
            load.enter("mend what it has found");
            mend(diagnosis);
            load.enter("doctor again");
            yaml = "pool: { size: 8 }\n"
                    + askTheDoctor(0).get("proposed").asText().replace("name: " + shop.name(), "name: shop");
            before = server.dump(shop);
            load.enter("init");
            run(3, "config", "check"); // the shard is new
            run(0, "init");
            load.enter("verify");
            run(0, "verify");
            growAndShrink(load, reports, ShopInstance.direct(direct));
            load.enter("leave");
            run(3, "leave");
            run(0, "leave", "--yes");
            load.awaitMore(perSecond);
            assertThat(reports.done()).as("reports over all shards").isPositive();
            load.enter("end");
            steps = load.steps();
        }
        assertThat(String.join("\n", server.dump(shop))).isEqualTo(String.join("\n", before));
        assertThat(books.differences(List.of(shop))).isEmpty();
        assertThat(commands).as("what the page has its readers run").containsAll(ofThePage());
        return steps;
    }

    private void growAndShrink(ShopLoad load, ShopReports reports, ShopInstance direct)
            throws SQLException, IOException {
        try (Ringshard alone = Ringshard.open(config(yaml))) {
            load.enter("instances with Ringshard");
            deploy(load, reports, alone);
            load.enter("a reference table, and ids");
            alone.reference("countries")
                    .update(transaction -> transaction.dsl().execute("INSERT INTO countries VALUES ('ES', 'Spain')"));
            transactions.setCountry("ES");
            alter(statements("ringshard.next_id()"));
            String one = yaml;
            yaml = one + server.createDatabase().yaml("second") + "\n";
            try (Ringshard two = Ringshard.open(config(yaml))) {
                load.enter("instances that know of a second");
                deploy(load, reports, two);
                load.enter("a second database joins");
                run(3, "plan");
                rebalance("--schema-from", "shop");
                String third = server.createDatabase().yaml("third") + "\n";
                String withoutThird = yaml;
                yaml += third;
                try (Ringshard three = Ringshard.open(config(yaml))) {
                    load.enter("instances that know of a third");
                    deploy(load, reports, three);
                    load.enter("a third database joins");
                    rebalance("--schema-from", "shop");
                    load.enter("verify three");
                    run(0, "verify", "--unique", "users.email");
                    load.enter("the second is drained");
                    yaml = withoutThird.replace("name: second,", "name: second, weight: 0,") + third;
                    rebalance();
                    load.enter("verify again");
                    run(0, "verify");
                    load.enter("the third is drained");
                    yaml = yaml.replace("name: third,", "name: third, weight: 0,");
                    rebalance();
                    yaml = one;
                    load.enter("instances that know of one");
                    deploy(load, reports, alone);
                }
            }
            load.enter("verify one");
            run(0, "verify");
            load.enter("ids as they were");
            alter(statements("ADD GENERATED ALWAYS AS IDENTITY"));
            load.enter("instances without Ringshard");
            load.deploy(direct);
            reports.readFrom(null);
        }
    }

    private static void deploy(ShopLoad load, ShopReports reports, Ringshard cluster) {
        load.deploy(ShopInstance.routed(cluster.dataSource()));
        reports.readFrom(cluster.dataSource());
    }

    /** Without the name of the file. */
    private static List<String> ofThePage() {
        return Document.ADOPTING.blocks("```sh", "```").stream()
                .flatMap(String::lines)
                .filter(line -> line.startsWith(JAR))
                .map(line ->
                        line.substring(JAR.length()).replaceFirst(" +#.*", "").replace(" --config ringshard.yaml", ""))
                .toList();
    }

    private HikariDataSource direct() {
        HikariConfig pool = new HikariConfig();
        pool.setJdbcUrl(shop.url());
        pool.setUsername("shop_application");
        pool.setMaximumPoolSize(8);
        return new HikariDataSource(pool);
    }

    private JsonNode askTheDoctor(int exitCode) throws IOException {
        Cli.Result result = Cli.bare(
                "doctor",
                "--url",
                shop.url(),
                "--user",
                shop.user(),
                "--password-env",
                "HOME", // any: everybody is let in
                "--local",
                "feature_switches",
                "--json");
        commands.add("doctor --url jdbc:postgresql://localhost/shop --user shop --password-env SHOP_PASSWORD");
        assertThat(result.exitCode()).as(result.out() + result.err()).isEqualTo(exitCode);
        return result.json();
    }

    private void mend(JsonNode diagnosis) throws SQLException {
        try (Connection connection = shop.connect();
                Statement statement = connection.createStatement()) {
            for (JsonNode finding : diagnosis.get("findings")) {
                for (JsonNode sql : finding.get("statements")) {
                    repeatUntilLocked(statement, sql.asText());
                }
            }
        }
    }

    private static String statements(String which) {
        return STATEMENTS.stream()
                .filter(block -> block.contains(which))
                .findFirst()
                .orElseThrow();
    }

    private void alter(String sql) throws SQLException {
        try (Connection connection = shop.connect();
                Statement statement = connection.createStatement()) {
            repeatUntilLocked(statement, sql);
        }
    }

    /** After a pause, as the page says: behind each attempt all queue who use the table. */
    private static void repeatUntilLocked(Statement statement, String sql) throws SQLException {
        while (true) {
            try {
                statement.execute(sql);
                return;
            } catch (SQLException failure) {
                if (!LOCK_NOT_AVAILABLE.equals(failure.getSQLState())) {
                    throw new SQLException(sql, failure);
                }
                statement.execute("ROLLBACK");
                LockSupport.parkNanos(BETWEEN_ATTEMPTS.toNanos());
            }
        }
    }

    private void rebalance(String... more) throws IOException {
        List<String> command = new ArrayList<>(List.of("rebalance", "--yes"));
        command.addAll(List.of(more));
        run(0, command.toArray(String[]::new));
    }

    private void run(int exitCode, String... command) throws IOException {
        Walk.run(cli, yaml, exitCode, command);
        commands.add(String.join(" ", command));
    }

    private static RingshardConfig config(String yaml) {
        return RingshardConfig.parse(yaml, Map.of("HOME", "any"));
    }
}
