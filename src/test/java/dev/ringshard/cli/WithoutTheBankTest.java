package dev.ringshard.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.testing.H2Database;
import dev.ringshard.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands on a shop of the user's own, configured with {@code bank: false}. */
class WithoutTheBankTest {
    private static final String TENANTS = "CREATE TABLE tenants (id bigint PRIMARY KEY, name varchar(50))";

    private final List<String> urls = new ArrayList<>();

    @TempDir
    Path directory = Path.of("");

    @BeforeEach
    void configure() throws IOException, SQLException {
        List<String> yaml = new ArrayList<>(List.of(
                "cluster: shop", "bank: false", "tables: { sharded: [ { name: tenants, key: id } ] }", "shards:"));
        for (int i = 1; i <= 2; i++) {
            TestDatabase database = H2Database.inMemory();
            try (Connection connection = database.connect();
                    Statement statement = connection.createStatement()) {
                statement.execute(TENANTS);
            }
            urls.add(database.url());
            yaml.add("  - { name: eu-%d, url: \"%s\", user: sa }".formatted(i, database.url()));
        }
        Files.write(config(), yaml);
    }

    private Path config() {
        return directory.resolve("shop.yaml");
    }

    private Cli.Result run(String arguments) {
        return Cli.bare((arguments + " --config " + config()).split(" "));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "load --generate 5",
                "load --customers missing.csv",
                "export",
                "get 42",
                "deposit 42 savings 1",
                "withdraw 42 savings 1",
                "load",
                "load x.csv",
                "load --workers none",
                "get",
                "get 42 43",
                "deposit 42",
                "deposit 42 house 1",
                "withdraw 42 savings nothing",
                "export --json"
            })
    void what_needs_the_bank_is_refused_before_anything_is_asked(String command) {
        Cli.Result result = run(command);

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(result.err())
                .isEqualTo("'%s' needs the built-in bank, and %s leaves it out (bank: false). Nothing was done.\n"
                        .formatted(command.replaceAll(" .*", ""), config()));
    }

    @Test
    void a_table_that_is_no_reference_table_any_more_is_released_by_name() throws IOException, SQLException {
        String sharded = Files.readString(config());
        for (String url : urls) {
            try (Connection connection = DriverManager.getConnection(url, "sa", "");
                    Statement statement = connection.createStatement()) {
                statement.execute("CREATE TABLE countries (code varchar(2) PRIMARY KEY)");
            }
        }
        Files.writeString(config(), sharded.replace("key: id } ] }", "key: id } ], reference: [ countries ] }"));
        assertThat(run("init").exitCode()).isZero();
        Files.writeString(config(), sharded);
        Cli.Result refused = run("init");
        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.err()).contains("run init with --release public.countries");

        Cli.Result released = run("init --release countries");

        assertThat(released.exitCode()).as(released.err()).isZero();
        assertThat(released.err()).contains("No reference table any more: countries on eu-1, eu-2.");
        assertThat(run("init --release countries").err()).contains("countries is no reference table of any shard.");
        try (Connection connection = DriverManager.getConnection(urls.get(1), "sa", "");
                Statement statement = connection.createStatement()) {
            assertThat(statement.executeUpdate("INSERT INTO countries VALUES ('ES')"))
                    .isOne();
        }
    }

    @Test
    void where_the_configuration_cannot_be_read_the_arguments_are_what_is_told() {
        assertThat(Cli.bare("load", "x.csv", "--config=" + directory.resolve("missing.yaml"))
                        .err())
                .startsWith("Unmatched argument at index 1: 'x.csv'\n")
                .endsWith("See 'ringshard load --help'.\n");
        assertThat(Cli.bare("load", "x.csv", "--config=" + config()).err()).contains("bank: false");
        assertThat(Cli.bare("status", "x.csv", "--config=" + config()).err()).startsWith("Unmatched argument");
    }

    @Test
    void the_next_step_is_one_that_can_be_done() {
        assertThat(run("init").out()).endsWith("Next: ringshard status --config %s\n".formatted(config()));
        assertThat(run("locate 42").out()).endsWith("Next: ringshard status --config %s\n".formatted(config()));
    }

    @Test
    void what_is_no_query_is_not_run_and_says_so() {
        assertThat(run("init").exitCode()).isZero();

        Cli.Result refused =
                Cli.bare("sql", "--key=42", "INSERT INTO tenants VALUES (42, 'Ada')", "--config=" + config());

        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.err())
                .contains(
                        "The query was not run to its end: it is no query, and nothing is written here\nNothing was changed.");
    }

    @Test
    void where_a_database_refuses_a_statement_the_next_step_is_to_find_out_why_or_to_try_again()
            throws IOException, SQLException {
        Path migrations = Files.createDirectory(directory.resolve("migrations"));
        Path broken = Files.writeString(migrations.resolve("V1__email.sql"), "ALTER TABLE tenants ADD email;");
        String yaml = Files.readString(config());
        Files.writeString(
                config(), yaml.replace("tables: {", "tables: { migrations: [ \"filesystem:" + migrations + "\" ],"));
        assertThat(run("init").err())
                .endsWith("Next: correct what the database refused, then ringshard init --config %s\n"
                        .formatted(config()));

        Files.writeString(broken, "ALTER TABLE tenants ADD email varchar(50) UNIQUE;");
        assertThat(run("init").exitCode()).isZero();
        for (int i = 0; i < 2; i++) {
            String shard = "eu-" + (i + 1);
            int key = IntStream.iterate(0, id -> id + 1)
                    .filter(id -> run("locate " + id).out().contains(shard))
                    .findFirst()
                    .orElseThrow();
            try (Connection connection = DriverManager.getConnection(urls.get(i), "sa", "");
                    Statement statement = connection.createStatement()) {
                statement.execute("INSERT INTO tenants (id, email) VALUES (%d, 'both@example')".formatted(key));
            }
        }
        Files.writeString(config(), Files.readString(config()).replaceFirst("user: sa }", "user: sa, weight: 0 }"));

        Cli.Result refused = run("rebalance --yes");

        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.err())
                .contains("both@example")
                .endsWith("Next: ringshard verify --config %s\n".formatted(config()));
    }

    @Test
    void no_screen_of_the_engine_speaks_of_customers_or_a_bank() {
        for (String command : List.of(
                "config check",
                "init",
                "init --json",
                "locate 42",
                "plan",
                "plan --json",
                "rebalance --yes",
                "recover",
                "recover --json",
                "status",
                "status --json",
                "verify",
                "verify --json",
                "verify --repair")) {
            Cli.Result result = run(command);

            assertThat(result.exitCode()).as(command).isIn(0, 3);
            assertThat(result.out() + result.err()).as(command).doesNotContainIgnoringCase("customer", "bank");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "config",
                "config check",
                "config example",
                "doctor",
                "init",
                "locate",
                "sql",
                "shell",
                "status",
                "serve",
                "plan",
                "rebalance",
                "verify",
                "recover",
                "backup-point",
                "leave",
                "completion"
            })
    void no_help_of_the_engine_speaks_of_customers_or_a_bank(String command) {
        String help = Cli.bare((command + " --help").split(" ")).out();

        assertThat(help.replace("  bank: false\n", ""))
                .doesNotContainIgnoringCase("customer", "bank", "account", "transfer", "deposit", "money", "c-1001");
    }

    @Test
    void the_help_lists_the_commands_of_the_bank_apart() {
        String help = Cli.bare("--help").out();

        String engine = help.substring(0, help.indexOf("Only with the built-in bank"));
        assertThat(engine).contains("  init ", "  status ", "  demo ").doesNotContain("  load ", "  deposit ");
        assertThat(help.substring(engine.length())).contains("  load ", "  get ", "  deposit ");
    }
}
