package dev.ringshard.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ringshard.Ringshard;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.testing.PostgresServer;
import dev.ringshard.testing.TestDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A shop of ten tables that nobody made for shards, examined where it stands. */
@Tag("ci")
class DoctorPostgresTest {
    @TempDir
    Path directory = Path.of("");

    private final TestDatabase shop = PostgresServer.shared().createDatabase();

    @BeforeEach
    void fill() throws Exception {
        shop.execute(ShopToAdopt.resource("schema.sql"));
        shop.execute(ShopToAdopt.resource("rows.sql"));
    }

    private Cli.Result examined(String... more) {
        List<String> arguments = new ArrayList<>(List.of("doctor", "--url", shop.url(), "--user", shop.user()));
        arguments.addAll(Arrays.asList(more));
        return Cli.bare(arguments.toArray(String[]::new));
    }

    @Test
    void every_table_is_told_with_what_it_is() throws Exception {
        JsonNode report = examined("--json").json();

        assertThat(report.get("key").asText()).isEqualTo("tenants.id");
        assertThat(all(report.get("tables")).map(table -> "%s %s %s"
                        .formatted(
                                table.get("name").asText(),
                                table.get("is").asText(),
                                table.get("keyColumn").asText())))
                .containsExactly(
                        "tenants sharded id",
                        "users sharded tenant_id",
                        "orders sharded tenant_id",
                        "sessions sharded tenant_id",
                        "audit_log sharded tenant_id",
                        "order_lines sharded tenant_id",
                        "returns sharded tenant_id",
                        "countries reference null",
                        "currencies reference null",
                        "feature_switches undecided null");
    }

    @Test
    void the_screen_ends_with_the_configuration_and_the_next_command() throws Exception {
        String screen = examined("--local", "feature_switches")
                .out()
                .replace(shop.name(), "shop")
                .replaceAll(":[0-9]+/", ":PORT/");

        assertThat(screen).startsWith("Database shop · PostgreSQL ").contains("""
                Keys: tenants.id, which most tables refer to. After it come orders.id, users.id. Name another one with --key.

                  table             is         key column  because                                    rows, about      size
                  tenants           sharded    id          the table of the keys                               20  \
                """);
        assertThat(screen).contains("""
                Proposed configuration:
                  cluster: shop  # decide: this name stays
                  bank: false
                  tables:
                    sharded:
                      - { name: tenants, key: id }             # decide: the table of the keys
                      - { name: users, key: tenant_id }        # refers to tenants
                      - { name: orders, key: tenant_id }       # refers to tenants
                      - { name: sessions, key: tenant_id }     # refers to tenants
                      - { name: audit_log, key: tenant_id }    # decide: by its name only
                      - { name: order_lines, key: tenant_id }  # missing; by order_id to orders
                      - { name: returns, key: tenant_id }      # missing; by order_id, line to order_lines
                    reference: [ countries, currencies ]  # decide: written to through Ringshard alone, from init on
                    # left alone: feature_switches
                  shards:
                    - name: shop  # decide: this name stays
                """).contains("""
                5 findings stand in the way.
                Next: mend or decide what stands in the way, then ringshard doctor --url""");
    }

    @Test
    void every_obstacle_is_named_with_its_table() throws Exception {
        Cli.Result result = examined("--json");

        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(all(result.json().get("findings")).map(finding -> "%s %s %s"
                        .formatted(
                                finding.get("when").asText(),
                                finding.get("kind").asText(),
                                finding.get("table").asText())))
                .contains(
                        "before-init no-key-column order_lines",
                        "before-init no-key-column returns",
                        "before-init nullable-key sessions",
                        "before-init unlogged sessions",
                        "before-moves bar-to-mover orders",
                        "before-moves undecided feature_switches",
                        "good-to-know by-name audit_log",
                        "good-to-know no-primary-key sessions",
                        "good-to-know sequence orders",
                        "good-to-know triggers users",
                        "good-to-know unique-without-key users",
                        "good-to-know reference-table countries")
                .doesNotHaveDuplicates();
    }

    @Test
    void numbers_that_two_shards_would_give_are_told_with_the_statement_that_takes_others() throws Exception {
        JsonNode before = examined("--local", "feature_switches", "--json").json();
        String reason = all(before.get("findings"))
                .filter(finding -> finding.get("kind").asText().equals("sequence")
                        && finding.get("table").asText().equals("orders"))
                .map(finding -> finding.get("reason").asText())
                .findFirst()
                .orElseThrow();
        assertThat(reason).contains("which gives numbers above 270,000,000,000,000,000, where this counter is at 400");
        ShopToAdopt.mend(shop, before);
        Ringshard.init(RingshardConfig.parse(
                examined("--local", "feature_switches", "--json")
                        .json()
                        .get("proposed")
                        .asText(),
                Map.of()));

        shop.execute(reason.replaceFirst(".*(ALTER TABLE .*next_id\\(\\)).*", "$1"));
        shop.execute(
                "INSERT INTO orders (tenant_id, placed_by, currency) SELECT tenant_id, id, 'EUR' FROM users LIMIT 1");

        assertThat(shop.number("SELECT max(id) FROM orders")).isGreaterThan(270_000_000_000_000_000L);
        assertThat(all(examined("--local", "feature_switches", "--json").json().get("findings"))
                        .map(finding -> finding.get("kind").asText() + " "
                                + finding.get("table").asText()))
                .doesNotContain("sequence orders");
    }

    @Test
    void what_is_examined_stays_as_it_was() throws Exception {
        String before = catalogs();

        assertThat(examined().exitCode()).isEqualTo(3);

        assertThat(catalogs()).isEqualTo(before).contains("order_lines", "users_touch");
    }

    /** The order of its rows is that of the catalogs, in which a change would show. */
    private String catalogs() throws SQLException {
        return String.valueOf(shop.text("""
                SELECT (SELECT string_agg(c::text, ' ' ORDER BY c.oid) FROM (SELECT oid, relname, relkind, relhastriggers, relhasindex, relnatts, xmin FROM pg_class) c)
                    || (SELECT string_agg(c::text, ' ' ORDER BY c.oid) FROM (SELECT oid, tgname, xmin FROM pg_trigger) c)
                    || (SELECT string_agg(c::text, ' ' ORDER BY c.oid) FROM (SELECT oid, proname, xmin FROM pg_proc WHERE oid > 16383) c)
                    || (SELECT string_agg(c::text, ' ' ORDER BY c.oid) FROM (SELECT oid, conname, xmin FROM pg_constraint) c)
                    || (SELECT string_agg(nspname, ' ' ORDER BY nspname) FROM pg_namespace)"""));
    }

    @Test
    void what_is_mended_as_it_says_is_founded_as_it_proposes() throws Exception {
        JsonNode report = examined("--local", "feature_switches", "--json").json();
        mend(report);

        Cli.Result again = examined("--local", "feature_switches", "--json");
        assertThat(again.exitCode()).as(again.out()).isZero();
        RingshardConfig config =
                RingshardConfig.parse(again.json().get("proposed").asText(), Map.of());
        assertThat(config.shardedTables()).hasSize(7);
        Ringshard.init(config);

        try (Ringshard cluster = Ringshard.open(config)) {
            assertThat(cluster.verify().isSound()).isTrue();
        }
        assertThat(examined("--local", "feature_switches").exitCode())
                .as("once it is founded")
                .isZero();
        assertThat(shop.number("SELECT count(*) FROM order_lines JOIN orders ON orders.id = order_id"
                        + " WHERE order_lines.tenant_id = orders.tenant_id"))
                .isEqualTo(shop.number("SELECT count(*) FROM order_lines"))
                .isEqualTo(12_000);
    }

    @Test
    void what_is_written_while_it_is_mended_has_its_key() throws Exception {
        mend(examined("--json").json());

        shop.execute("INSERT INTO order_lines (order_id, line, quantity, price) SELECT min(id), 99, 1, 1 FROM orders");

        assertThat(shop.number("SELECT count(*) FROM order_lines JOIN orders ON orders.id = order_id"
                        + " WHERE line = 99 AND order_lines.tenant_id = orders.tenant_id"))
                .isEqualTo(1);
    }

    @Test
    void rows_that_refer_to_another_key_are_found() throws Exception {
        shop.execute(
                "UPDATE users SET manager_id = (SELECT min(id) FROM users) WHERE id = (SELECT max(id) FROM users)");

        JsonNode report = examined("--json").json();

        assertThat(all(report.get("findings"))
                        .filter(finding -> finding.get("kind").asText().equals("crossing-rows"))
                        .map(finding -> finding.get("statements").toString()))
                .containsExactly("[\"ALTER TABLE users DROP CONSTRAINT users_manager_id_fkey;\"]");
    }

    @Test
    void what_cannot_be_moved_is_named_with_the_rule() throws Exception {
        shop.execute("""
                CREATE TABLE "Odd" (tenant_id uuid NOT NULL REFERENCES tenants);
                CREATE TABLE events (tenant_id uuid NOT NULL REFERENCES tenants) PARTITION BY HASH (tenant_id);
                CREATE TABLE events_0 PARTITION OF events FOR VALUES WITH (MODULUS 1, REMAINDER 0);
                CREATE TABLE files (tenant_id uuid NOT NULL REFERENCES tenants, content oid)""");

        JsonNode report = examined("--local", "returns", "--json").json();

        assertThat(all(report.get("findings"))
                        .filter(finding -> finding.get("when").asText().equals("before-init"))
                        .map(finding -> finding.get("reason").asText()))
                .anySatisfy(reason -> assertThat(reason)
                        .startsWith("\"Odd\" or its key column")
                        .contains("needs quotes"))
                .noneSatisfy(reason -> assertThat(reason).contains("events"))
                .anySatisfy(
                        reason -> assertThat(reason).startsWith("files has a column content with values of type oid"))
                .anySatisfy(reason -> assertThat(reason).startsWith("order_lines is referred to by public.returns"));
    }

    @Test
    void a_user_who_may_not_do_it_is_told_what_is_missing() throws Exception {
        String role = "reader_of_" + shop.name();
        shop.execute("""
                CREATE ROLE %1$s LOGIN;
                GRANT SELECT ON ALL TABLES IN SCHEMA public TO %1$s;
                ALTER TABLE orders ENABLE ROW LEVEL SECURITY""".formatted(role));
        try {
            Cli.Result result = Cli.bare("doctor", "--url", shop.url(), "--user", role, "--json");

            assertThat(result.exitCode()).as(result.err()).isEqualTo(3);
            assertThat(all(result.json().get("findings"))
                            .map(finding -> finding.get("kind").asText() + " "
                                    + finding.get("table").asText() + " "
                                    + finding.get("statements")))
                    .contains(
                            "no-privilege  []",
                            "not-owner orders []",
                            "bar-to-mover users [\"GRANT SET ON PARAMETER session_replication_role TO %s;\"]"
                                    .formatted(role),
                            "bar-to-mover orders [\"ALTER ROLE %s BYPASSRLS;\"]".formatted(role));
        } finally {
            shop.execute("DROP OWNED BY %1$s; DROP ROLE %1$s".formatted(role));
        }
    }

    @Test
    void keys_within_foreign_keys_of_several_columns_are_followed() throws Exception {
        TestDatabase warehouses = PostgresServer.shared().createDatabase();
        warehouses.execute(ShopToAdopt.resource("warehouses.sql"));

        Cli.Result result = Cli.bare("doctor", "--url", warehouses.url(), "--user", warehouses.user(), "--json");

        JsonNode report = result.json();
        assertThat(report.get("key").asText()).isEqualTo("warehouse.w_id");
        assertThat(all(report.get("tables"))
                        .map(table -> table.get("name").asText() + " "
                                + table.get("keyColumn").asText()))
                .containsExactlyInAnyOrder(
                        "warehouse w_id",
                        "district d_w_id",
                        "stock s_w_id",
                        "history h_c_w_id",
                        "customer c_w_id",
                        "orders o_w_id",
                        "new_order no_w_id",
                        "order_line ol_w_id",
                        "item null");
        assertThat(report.get("proposed").asText())
                .contains("{ name: order_line, key: ol_w_id }  # decide: refers to orders, as does ol_supply_w_id\n");
        ShopToAdopt.mend(warehouses, report);
        Ringshard.init(RingshardConfig.parse(report.get("proposed").asText(), Map.of()));
        assertThat(warehouses.number("SELECT count(*) FROM ringshard.sharded_table"))
                .isEqualTo(8);
    }

    /** Rows come into both tables that get a key column. That it goes on through init as well, this does not show. */
    @Test
    void the_application_goes_on_while_it_is_mended() throws Exception {
        AtomicBoolean isMended = new AtomicBoolean();
        ExecutorService application = Executors.newSingleThreadExecutor();
        try {
            Future<Integer> written = application.submit(() -> sellUntil(isMended));
            mend(examined("--json").json());
            isMended.set(true);
            assertThat(written.get(30, TimeUnit.SECONDS)).isPositive();
            JsonNode report = examined("--local", "feature_switches", "--json").json();
            RingshardConfig config =
                    RingshardConfig.parse(report.get("proposed").asText(), Map.of());
            Ringshard.init(config);

            assertThat(shop.number("SELECT count(*) FROM order_lines")).isEqualTo(12_000 + written.get());
            assertThat(shop.number("SELECT count(*) FROM returns")).isEqualTo(400 + written.get());
            try (Ringshard cluster = Ringshard.open(config)) {
                assertThat(cluster.verify().isSound()).isTrue();
            }
        } finally {
            isMended.set(true);
            application.shutdown();
        }
    }

    private int sellUntil(AtomicBoolean isMended) throws SQLException {
        int written = 0;
        try (Connection connection = shop.connect();
                Statement statement = connection.createStatement()) {
            while (!isMended.get()) {
                statement.execute(
                        "INSERT INTO order_lines (order_id, line, quantity, price) SELECT max(id), %d, 1, 1 FROM orders"
                                .formatted(1000 + written));
                statement.execute("INSERT INTO returns (order_id, line) SELECT max(id), %d FROM orders"
                        .formatted(1000 + written));
                written++;
            }
        }
        return written;
    }

    @Test
    void a_password_in_the_url_is_not_shown_again() {
        Cli.Result result = Cli.bare("doctor", "--url", shop.url() + "?user=" + shop.user() + "&password=hunter2");

        assertThat(result.exitCode()).as(result.err()).isEqualTo(3);
        assertThat(result.out() + result.err()).contains("Next: ").doesNotContain("hunter2");
        assertThat(result.out()).contains("password: \"${SHOP_PASSWORD}\"");
    }

    @Test
    void what_is_configured_is_examined_as_it_is_declared() throws Exception {
        Cli cli = new Cli(directory);
        String file = cli.file(
                "shop.yaml",
                "cluster: shop\nbank: false\ntables: { sharded: [ { name: users, key: id } ] }\nshards:\n"
                        + shop.yaml("eu-1") + "\n");

        Cli.Result result = Cli.bare("doctor", "--config", file, "--shard", "eu-1", "--json");

        assertThat(result.json().get("key").asText()).isEqualTo("users.id");
        assertThat(result.json().get("proposed").asText())
                .startsWith("bank: false\n")
                .doesNotContain("shards:");
    }

    @Test
    void a_database_whose_tables_are_yet_to_be_made_has_nothing_to_examine() throws Exception {
        Cli cli = new Cli(directory);
        String file = cli.file(
                "new.yaml",
                "cluster: shop\nbank: false\ntables: { sharded: [ { name: tenants, key: id } ] }\nshards:\n"
                        + PostgresServer.shared().createDatabase().yaml("eu-1") + "\n");

        Cli.Result result = Cli.bare("doctor", "--config", file, "--shard", "eu-1");

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err())
                .contains("There is no table tenants: the database has no tables")
                .contains(
                        "If migrations are to make them (tables.migrations), there is nothing to examine yet: run init.");
    }

    @Test
    void h2_is_refused_with_a_sentence() {
        Cli.Result result = Cli.bare("doctor", "--url", "jdbc:h2:mem:doctor;DB_CLOSE_DELAY=-1");

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err())
                .contains("The doctor reads the catalogs of PostgreSQL")
                .contains("Nothing was changed.");
    }

    @Test
    void a_column_that_is_not_there_is_refused_with_those_that_are() {
        Cli.Result result = examined("--key", "tenants.number");

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).contains("Table tenants has no column number", "It has: id, name, plan");
    }

    private void mend(JsonNode report) throws SQLException {
        ShopToAdopt.mend(shop, report);
    }

    private static Stream<JsonNode> all(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false);
    }
}
