package dev.ringshard.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.testing.TestDatabase;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Objects;

/**
 * A shop that nobody made for shards, mended as the doctor says, and the configuration that it proposes.
 *
 * @param application the same database for the application, whose user owns nothing
 */
public record ShopToAdopt(TestDatabase database, TestDatabase application, RingshardConfig config) {
    /** Those that the application writes to, with a key. */
    static final String[] SHARDED = {"tenants", "users", "orders", "sessions", "audit_log", "order_lines", "returns"};

    /** Those that are put under the fence, with those that every shard has whole. */
    static final String[] FENCED = {
        "tenants", "users", "orders", "sessions", "audit_log", "order_lines", "returns", "countries", "currencies"
    };

    /** The statements of a resource. */
    public static String resource(String name) throws IOException {
        try (InputStream sql =
                Objects.requireNonNull(ShopToAdopt.class.getResourceAsStream("/shop-to-adopt/" + name))) {
            return new String(sql.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** In an empty database. */
    static ShopToAdopt mended(TestDatabase empty) throws SQLException, IOException {
        empty.execute(resource("schema.sql"));
        empty.execute(resource("rows.sql"));
        mend(empty, examined(empty));
        TestDatabase application = new TestDatabase(empty.url(), "application_of_" + empty.name(), "");
        empty.execute("""
                CREATE ROLE %1$s LOGIN;
                GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO %1$s;
                GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO %1$s;
                ANALYZE""".formatted(application.user()));
        return new ShopToAdopt(
                empty,
                application,
                RingshardConfig.parse(examined(empty).get("proposed").asText(), Map.of()));
    }

    /** The application's user is the server's, not the database's. */
    void dropTheApplication() throws SQLException {
        database.execute("DROP OWNED BY %1$s; DROP ROLE %1$s".formatted(application.user()));
    }

    private static JsonNode examined(TestDatabase shop) throws IOException {
        Cli.Result result =
                Cli.bare("doctor", "--url", shop.url(), "--user", shop.user(), "--local", "feature_switches", "--json");
        JsonNode report = result.json();
        assertThat(report.has("findings")).as(result.out() + result.err()).isTrue();
        return report;
    }

    /** Runs all statements of a doctor's report. */
    public static void mend(TestDatabase database, JsonNode report) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            for (JsonNode finding : report.get("findings")) {
                for (JsonNode sql : finding.get("statements")) {
                    statement.execute(sql.asText());
                }
            }
        }
    }
}
