package dev.ringshard.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.Ringshard;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.testing.H2Database;
import dev.ringshard.testing.InstalledServer;
import dev.ringshard.testing.TestCluster;
import dev.ringshard.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What pg_dump says of a shop, and psql makes of it. */
@Tag("ci")
class DumpedSchemaPostgresTest {
    private static final InstalledServer SERVER = server();

    @TempDir
    Path directory = Path.of("");

    private final ShopToAdopt shop;

    DumpedSchemaPostgresTest() throws Exception {
        this.shop = ShopToAdopt.mended(SERVER.createDatabase());
    }

    private static InstalledServer server() {
        try {
            return InstalledServer.start();
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        }
    }

    @AfterAll
    static void end() throws IOException {
        SERVER.close();
    }

    @Test
    void a_database_that_has_left_is_dumped_as_before_it_was_taken() {
        List<String> before = SERVER.dump(shop.database());

        Ringshard.init(shop.config());
        assertThat(SERVER.dump(shop.database())).isNotEqualTo(before);
        Ringshard.leave(shop.config(), told -> {});

        assertThat(SERVER.dump(shop.database())).isEqualTo(before).hasSizeGreaterThan(100);
    }

    /** The dump has the values of all sequences, of another moment than its tables. */
    @Test
    void no_slot_is_open_in_a_database_that_was_restored_from_a_dump() throws Exception {
        Ringshard.init(shop.config());
        shop.database().execute("SELECT ringshard.open_slots()");
        String open =
                "SELECT count(nullif(pg_sequence_last_value(ringshard.slots(part)), 0)) FROM generate_series(-32, 31) part";
        assertThat(shop.database().number(open)).isPositive();

        TestDatabase restored = SERVER.restored(shop.database());

        assertThat(restored.number("SELECT count(*) FROM ringshard.owned_range"))
                .isPositive();
        assertThat(restored.number(open)).isZero();
        assertThat(shop.database().number(open)).isPositive();
    }

    @Test
    void an_empty_database_is_given_the_schema_of_the_first_shard_and_filled() throws Exception {
        shop.database().execute("""
                CREATE TABLE flyway_schema_history (installed_rank int PRIMARY KEY, version varchar(50), success boolean NOT NULL);
                INSERT INTO flyway_schema_history VALUES (1, '7', true)""");
        Ringshard.init(shop.config());
        TestDatabase empty = SERVER.createDatabase();
        Cli cli = new Cli(directory);
        String name = shop.config().shards().get(0).name();
        cli.file("bank.yaml", yaml(shop.config(), name, empty));

        Cli.Result first = cli.run("rebalance", "--yes", "--schema-from", name);

        assertThat(first.exitCode()).as(first.err()).isZero();
        assertThat(first.err())
                .contains("Given the schema of %s: second.".formatted(name))
                .doesNotContain("Joining:");
        assertThat(empty.number("SELECT count(*) FROM countries"))
                .isEqualTo(shop.database().number("SELECT count(*) FROM countries"))
                .isPositive();
        Cli.Result second = cli.run("rebalance", "--yes", "--schema-from", name);
        assertThat(second.err()).contains("none was given a schema");
        assertThat(cli.run("verify").exitCode()).isZero();
        assertThat(empty.number("SELECT count(*) FROM tenants")).isPositive();
        assertThat(empty.text("SELECT version FROM flyway_schema_history")).isEqualTo("7");
        assertThat(withoutRingshard(empty)).isEqualTo(withoutRingshard(shop.database()));
    }

    private static List<String> withoutRingshard(TestDatabase database) {
        return SERVER.dump(database, "--exclude-schema=ringshard").stream()
                .filter(line -> !line.contains("ringshard"))
                .toList();
    }

    private static String yaml(RingshardConfig config, String name, TestDatabase empty) {
        StringBuilder yaml =
                new StringBuilder("cluster: %s\nbank: false\ntables:\n  sharded:\n".formatted(config.cluster()));
        config.shardedTables()
                .forEach(table -> yaml.append("    - { name: %s, key: %s }\n"
                        .formatted(table.name(), table.key().orElseThrow())));
        yaml.append("  reference: [ %s ]\n"
                .formatted(String.join(", ", config.tables().reference())));
        return yaml.append("shards:\n")
                .append(TestDatabase.of(config.shards().get(0)).yaml(name))
                .append('\n')
                .append(empty.yaml("second"))
                .append('\n')
                .toString();
    }

    @Test
    void what_pg_dump_cannot_reach_is_refused_with_the_reason() {
        Ringshard.init(shop.config());
        try (Ringshard cluster =
                Ringshard.open(shop.config().withShard(TestCluster.shard("second", H2Database.inMemory())))) {
            assertThatThrownBy(() -> cluster.copySchema("third"))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("There is no shard third here");
            assertThatThrownBy(() ->
                            cluster.copySchema(shop.config().shards().get(0).name()))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("Shard second is not a database of PostgreSQL's");
        }
    }
}
