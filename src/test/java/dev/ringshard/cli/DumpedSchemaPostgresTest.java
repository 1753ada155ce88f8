package dev.ringshard.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ringshard.Ringshard;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.failure.ForeignShardException;
import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.Shards;
import dev.ringshard.internal.tables.SchemaComparison;
import dev.ringshard.internal.tables.SchemaDifferences;
import dev.ringshard.testing.H2Database;
import dev.ringshard.testing.InstalledServer;
import dev.ringshard.testing.TestCluster;
import dev.ringshard.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What pg_dump says of a shop, and psql makes of it. */
@Tag("ci")
class DumpedSchemaPostgresTest {
    private static final InstalledServer SERVER = server();

    /** What PostgreSQL prints in other words once it has read its own print. */
    private static final String REWORDED = """
            CREATE DOMAIN grade AS varchar CONSTRAINT of_grade CHECK (VALUE IN ('x', 'y'));
            ALTER TABLE orders ADD kind varchar(4) NOT NULL DEFAULT 'A' CONSTRAINT of_kind CHECK (kind IN ('A', 'B')),
                ADD rank integer NOT NULL DEFAULT 1,
                ADD CONSTRAINT of_rank CHECK (rank BETWEEN 1 AND 9 AND kind <> '' AND rank IS NOT NULL),
                ADD weight numeric(10, 2) DEFAULT -1 CONSTRAINT of_weight CHECK (weight > -2 AND weight IN (-1, 5) AND kind NOT IN ('C', 'D')),
                ADD due date CONSTRAINT of_due CHECK (due BETWEEN '2000-01-01' AND DATE '2100-01-01' AND rank > 0),
                ADD grade grade DEFAULT 'x',
                ADD is_special boolean GENERATED ALWAYS AS (kind IN ('B', 'C')) STORED,
                ADD is_special_too boolean DEFAULT ('a'::varchar IN ('B', 'C'));
            CREATE UNIQUE INDEX orders_once ON orders (id, tenant_id, lower(kind)) WHERE kind IN ('A', 'B') AND status = 'open';
            CREATE INDEX orders_special ON orders ((kind IN ('A', 'B'))) WHERE kind NOT IN ('C', 'D');
            CREATE POLICY seen ON orders USING (kind IN ('A', 'B'));
            CREATE VIEW special AS SELECT id FROM orders WHERE kind IN ('A', 'B') AND rank BETWEEN 1 AND 2;
            CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
            CREATE TRIGGER orders_kind BEFORE UPDATE ON orders FOR EACH ROW
                WHEN (OLD.kind IN ('A', 'B') AND NEW.rank BETWEEN 1 AND 3) EXECUTE FUNCTION nothing();""";

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
                CREATE TABLE flyway_schema_history
                    (installed_rank int PRIMARY KEY, version varchar(50), description varchar(200), success boolean NOT NULL);
                INSERT INTO flyway_schema_history VALUES (1, '7', 'by hand', true)""");
        shop.database().execute(REWORDED);
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
        assertThat(withoutRingshard(empty)).isEqualTo(withoutRingshard(SERVER.restored(shop.database())));
    }

    @Test
    void a_restored_shard_defines_the_same_though_it_prints_it_in_other_words() throws Exception {
        shop.database().execute(REWORDED);
        Ringshard.init(shop.config());
        TestDatabase restored = SERVER.restored(shop.database());
        assertThat(prints(restored)).hasSizeGreaterThan(10).doesNotContainAnyElementsOf(prints(shop.database()));

        try (Shards shards =
                Shards.open(List.of(TestCluster.shard("one", shop.database()), TestCluster.shard("two", restored)))) {
            Shard one = shards.get("one");
            Shard two = shards.get("two");
            assertThatCode(() -> compare(one, two)).doesNotThrowAnyException();
            assertThatCode(() -> compare(two, one)).doesNotThrowAnyException();
            assertThat(SchemaDifferences.between(one, two)).isEmpty();
            assertThat(restored.number("SELECT count(*) FROM pg_class WHERE relname LIKE 'ringshard_reading%'"))
                    .isZero();
        }
    }

    /** Each of them is one that also prints what it shares with the other in other words. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "ALTER TABLE orders DROP CONSTRAINT of_kind, ADD CHECK (kind IN ('A', 'C'))",
                "ALTER TABLE orders DROP CONSTRAINT of_kind, ADD CHECK (kind IN ('A', 'b'))",
                "ALTER TABLE orders DROP CONSTRAINT of_kind, ADD CHECK (kind NOT IN ('C', 'D'))",
                "ALTER TABLE orders DROP CONSTRAINT of_kind, ADD CHECK (kind IN ('A', 'B')) NOT VALID",
                "ALTER TABLE orders DROP CONSTRAINT of_kind, ADD CHECK (kind COLLATE \"C\" IN ('A', 'B'))",
                "ALTER TABLE orders DROP CONSTRAINT of_rank, ADD CHECK (rank > 0 OR rank BETWEEN 1 AND 9 AND kind <> '')",
                "ALTER TABLE orders DROP CONSTRAINT of_rank, ADD CHECK (rank BETWEEN 1 AND 8 AND kind <> '')",
                "DROP INDEX orders_once; CREATE UNIQUE INDEX ON orders (id, tenant_id, lower(kind)) WHERE kind IN ('A')",
                "ALTER DOMAIN grade DROP CONSTRAINT of_grade; ALTER DOMAIN grade ADD CHECK (VALUE IN ('x', 'z'))",
                "ALTER TABLE orders DROP COLUMN is_special; ALTER TABLE orders ADD is_special boolean GENERATED ALWAYS AS (kind IN ('B', 'D')) STORED"
            })
    void a_condition_that_is_another_one_still_differs_after_a_restore(String change) throws Exception {
        shop.database().execute(REWORDED);
        Ringshard.init(shop.config());
        TestDatabase restored = SERVER.restored(shop.database());
        restored.execute(change);

        try (Shards shards =
                Shards.open(List.of(TestCluster.shard("one", shop.database()), TestCluster.shard("two", restored)))) {
            ForeignShardException failure = catchThrowableOfType(
                    ForeignShardException.class, () -> compare(shards.get("one"), shards.get("two")));

            assertThat(failure).hasMessageContaining("Mend that by a migration").hasMessageNotContaining("Run init");
            assertThat(String.valueOf(failure.getMessage()).lines()).hasSize(3);
        }
    }

    @Test
    void the_banks_own_tables_are_the_same_after_a_restore() throws Exception {
        RingshardConfig bank = TestCluster.config(List.of(TestCluster.shard("one", SERVER.createDatabase())));
        Ringshard.init(bank);
        TestDatabase database = TestDatabase.of(bank.shards().get(0));
        TestDatabase restored = SERVER.restored(database);

        try (Shards shards =
                Shards.open(List.of(TestCluster.shard("one", database), TestCluster.shard("two", restored)))) {
            Shard one = shards.get("one");
            Shard two = shards.get("two");
            assertThatCode(() -> new SchemaComparison(bank.shardedTables(), List.of()).requireAlike(one, two))
                    .doesNotThrowAnyException();
            assertThat(SchemaDifferences.between(one, two)).isEmpty();
        }
    }

    @Test
    void who_may_make_no_temporary_view_is_told_that_it_would_tell_more() throws Exception {
        shop.database().execute(REWORDED);
        Ringshard.init(shop.config());
        TestDatabase restored = SERVER.restored(shop.database());
        String reader = "reader_of_" + restored.name();
        restored.execute("""
                CREATE ROLE %1$s LOGIN;
                GRANT USAGE ON SCHEMA ringshard TO %1$s;
                GRANT SELECT ON ALL TABLES IN SCHEMA ringshard, public TO %1$s;
                REVOKE TEMPORARY ON DATABASE %2$s FROM PUBLIC""".formatted(reader, restored.name()));
        TestDatabase asReader = new TestDatabase(restored.url(), reader, "");

        try (Shards shards =
                Shards.open(List.of(TestCluster.shard("one", shop.database()), TestCluster.shard("two", asReader)))) {
            assertThatThrownBy(() -> compare(shards.get("one"), shards.get("two")))
                    .isInstanceOf(ForeignShardException.class)
                    .hasMessageContaining("on two, this user lacks the right TEMPORARY on the database");

            restored.execute("GRANT TEMPORARY ON DATABASE %s TO %s".formatted(restored.name(), reader));
            assertThatCode(() -> compare(shards.get("one"), shards.get("two"))).doesNotThrowAnyException();
        }
    }

    private void compare(Shard one, Shard two) {
        new SchemaComparison(
                        shop.config().shardedTables(), shop.config().tables().reference(), List.of())
                .requireAlike(one, two);
    }

    private static Set<String> prints(TestDatabase database) throws SQLException {
        return Set.of(String.valueOf(database.text("""
                SELECT string_agg(print, '|') FROM (
                    SELECT pg_get_constraintdef(oid) print FROM pg_constraint WHERE conname LIKE 'of\\_%'
                    UNION ALL SELECT pg_get_expr(indpred, indrelid) FROM pg_index WHERE indpred IS NOT NULL
                    UNION ALL SELECT pg_get_expr(polqual, polrelid) FROM pg_policy
                    UNION ALL SELECT pg_get_viewdef('special')
                    UNION ALL SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgname = 'orders_kind'
                    UNION ALL SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef
                        JOIN pg_attribute ON attrelid = adrelid AND attnum = adnum WHERE attname LIKE 'is\\_special%') prints""")).split("\\|"));
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
