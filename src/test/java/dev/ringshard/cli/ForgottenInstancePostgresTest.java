package dev.ringshard.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.Document;
import dev.ringshard.Ringshard;
import dev.ringshard.testing.PostgresServer;
import dev.ringshard.testing.TestCluster;
import dev.ringshard.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What an instance sees that works straight on the first database when there is a second one: what the page about adopting says of it. */
@Tag("ci")
class ForgottenInstancePostgresTest {
    private final ShopToAdopt shop;
    private final TestDatabase second = PostgresServer.shared().createDatabase();
    private String moved = "";

    ForgottenInstancePostgresTest() throws Exception {
        this.shop = ShopToAdopt.mended(PostgresServer.shared().createDatabase());
    }

    @BeforeEach
    void grow() throws Exception {
        second.execute(ShopToAdopt.resource("schema.sql"));
        ShopToAdopt.mend(
                second,
                Cli.bare("doctor", "--url", second.url(), "--user", second.user(), "--key", "tenants.id", "--json")
                        .json());
        second.execute("""
                GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO %1$s;
                GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO %1$s""".formatted(shop.application().user()));
        Ringshard.init(shop.config());
        try (Ringshard cluster = Ringshard.open(shop.config())) {
            assertThat(cluster.addShard(TestCluster.shard("second", second)).movedRows())
                    .isPositive();
        }
        moved = String.valueOf(second.text("SELECT id FROM tenants LIMIT 1"));
    }

    @AfterEach
    void close() throws SQLException {
        second.execute("DROP OWNED BY " + shop.application().user());
        shop.dropTheApplication();
    }

    /** The statements of the page that hold a text, for the role that this shop's application has. */
    private void runOfThePage(String text) throws SQLException {
        shop.database()
                .execute(Document.ADOPTING.blocks("```sql", "```").stream()
                        .filter(block -> block.contains(text))
                        .findFirst()
                        .orElseThrow()
                        .replace("shop_application", shop.application().user()));
    }

    private long changed(String update) throws SQLException {
        try (Connection connection = shop.application().connect();
                Statement statement = connection.createStatement()) {
            return statement.executeUpdate(update);
        }
    }

    private String insert() {
        return "INSERT INTO orders (tenant_id, placed_by, currency) VALUES ('%s', 1, 'EUR')".formatted(moved);
    }

    private String update() {
        return "UPDATE orders SET status = 'sent' WHERE tenant_id = '%s'".formatted(moved);
    }

    private String select() {
        return "SELECT count(*) FROM orders WHERE tenant_id = '%s'".formatted(moved);
    }

    @Test
    void an_insert_for_a_key_that_has_moved_is_refused_and_other_statements_find_nothing() throws SQLException {
        assertThatThrownBy(() -> changed(insert()))
                .isInstanceOfSatisfying(SQLException.class, refused -> assertThat(refused.getSQLState())
                        .isEqualTo("RS001"));
        assertThat(changed(update())).isZero();
        assertThat(changed("DELETE FROM tenants WHERE id = '%s'".formatted(moved)))
                .isZero();
        assertThat(shop.application().number(select())).isZero();
        assertThat(changed("UPDATE orders SET status = 'sent'"))
                .as("of keys that have stayed")
                .isPositive();
    }

    @Test
    void views_of_the_page_refuse_what_would_find_nothing() throws SQLException {
        runOfThePage("CREATE VIEW before_shards.orders");

        assertThatThrownBy(() -> shop.application().number(select())).hasMessageContaining("deploy it anew");
        assertThatThrownBy(() -> changed(update())).hasMessageContaining("deploy it anew");
        assertThatThrownBy(() -> changed(insert())).isInstanceOf(SQLException.class);
        assertThatThrownBy(() -> Ringshard.leave(shop.config(), told -> {}))
                .as("what uses its functions has to go first")
                .isInstanceOf(RuntimeException.class);
    }

    @Test
    void row_level_security_of_the_page_shows_the_rows_that_are_here() throws SQLException {
        runOfThePage("CREATE POLICY only_owned");

        assertThat(shop.application().number("SELECT count(*) FROM sessions"))
                .isEqualTo(shop.database().number("SELECT count(*) FROM sessions"))
                .isPositive();
    }

    @Test
    void an_old_user_without_rights_is_refused_everything() throws SQLException {
        runOfThePage("REVOKE");

        assertThatThrownBy(() -> shop.application().number("SELECT count(*) FROM orders"))
                .hasMessageContaining("permission denied");
    }
}
