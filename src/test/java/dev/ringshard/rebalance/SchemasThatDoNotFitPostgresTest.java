package dev.ringshard.rebalance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.Ringshard;
import dev.ringshard.config.BankConfig;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.config.ShardedTable;
import dev.ringshard.failure.ForeignShardException;
import dev.ringshard.failure.SqlFailedException;
import dev.ringshard.status.ClusterCheck;
import dev.ringshard.testing.PostgresServer;
import dev.ringshard.testing.TestCluster;
import dev.ringshard.testing.TestDatabase;
import dev.ringshard.verify.BrokenForeignKey;
import dev.ringshard.verify.UnfencedTable;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What somebody's schema may hold that would lose rows, part them from others, or stop a rebalance for good: it is named, with
 * what to do, before anything moves. That the rest moves as it was is shown beside this.
 */
@Tag("ci")
class SchemasThatDoNotFitPostgresTest {
    private static final String ITEMS = "CREATE TABLE items (tenant_id text NOT NULL, n int)";
    private static final String SOME = "INSERT INTO items SELECT 't-' || i, i FROM generate_series(1, 50) i";

    private final List<TestDatabase> databases = new ArrayList<>();

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "ALTER TABLE items SET UNLOGGED; items is unlogged",
                "`CREATE RULE kept AS ON DELETE TO items DO INSTEAD NOTHING; ALTER TABLE items ENABLE ALWAYS RULE kept`; items has rule kept, which would act",
                "CREATE PUBLICATION changes FOR ALL TABLES; items is published with its deletes by changes and has no replica identity",
                "CREATE PUBLICATION changes FOR TABLE items; ALTER TABLE items REPLICA IDENTITY FULL",
                "CREATE PUBLICATION changes FOR TABLES IN SCHEMA public; ALTER TABLE items REPLICA IDENTITY FULL",
                "`ALTER TABLE items ALTER COLUMN tenant_id TYPE text COLLATE any_case`; tenant_id of the collation any_case, by which two keys",
            })
    void what_would_lose_rows_or_stop_a_move_is_named_before_anything_moves(String change, String named)
            throws SQLException {
        RingshardConfig config = founded(ITEMS);
        databases.get(0).execute(SOME);
        ShardConfig second = shard(database(), ITEMS);
        databases
                .get(0)
                .execute(
                        "CREATE COLLATION any_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false)");
        databases.get(0).execute(change);
        assertRefused(config, second, named);
        assertThat(databases.get(1).number("SELECT count(*) FROM items")).isZero();
    }

    @Test
    void a_plan_says_what_would_stop_its_moves_between_members() throws SQLException {
        String table =
                "CREATE TYPE state AS ENUM ('new'); CREATE TABLE items (tenant_id text NOT NULL, n int, s state)";
        RingshardConfig config = founded(table);
        databases.get(0).execute(SOME.replace("i, i FROM", "i, i, 'new' FROM"));
        ShardConfig second = shard(database(), table);
        try (Ringshard shop = Ringshard.open(config)) {
            shop.addShard(second);
        }
        databases.get(0).execute("ALTER TYPE state ADD VALUE 'old'");

        try (Ringshard shop = Ringshard.open(
                config.withShard(second).withShard(config.shards().get(0).withWeight(0)))) {
            assertThatThrownBy(() -> shop.rebalancer().plan())
                    .isInstanceOf(ForeignShardException.class)
                    .hasMessageContaining("Rows cannot move between shards eu-1 and eu-2")
                    .hasMessageContaining("state");
        }
    }

    /** A superuser can tell the triggers that a foreign key is made of to act for replicas, too. */
    @Test
    void a_foreign_key_that_would_act_on_rows_that_move_is_named_before_anything_moves() throws SQLException {
        String tables = "CREATE TABLE items (tenant_id text NOT NULL, n int, PRIMARY KEY (tenant_id, n));"
                + "CREATE TABLE parts (tenant_id text NOT NULL, n int,"
                + " CONSTRAINT of_item FOREIGN KEY (tenant_id, n) REFERENCES items ON DELETE CASCADE)";
        RingshardConfig config = RingshardConfig.builder("shop")
                .bank(BankConfig.OFF)
                .shard(shard(database(), tables))
                .table(ShardedTable.byKey("items", "tenant_id"))
                .table(ShardedTable.byKey("parts", "tenant_id"))
                .build();
        Ringshard.init(config);
        databases.get(0).execute(SOME);
        ShardConfig second = shard(database(), tables);
        databases.get(0).execute("""
                DO $$ BEGIN EXECUTE (
                    SELECT string_agg(format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', tgrelid::regclass, tgname), ';')
                    FROM pg_trigger WHERE tgisinternal AND tgrelid IN ('items'::regclass, 'parts'::regclass)); END $$""");

        assertRefused(
                config,
                second,
                "items has foreign key of_item of parts (its triggers are told to act for replicas), which would act");
    }

    @Test
    void a_table_that_is_published_with_an_identity_of_its_rows_moves() throws SQLException {
        String table = "CREATE TABLE items (tenant_id text NOT NULL, n int, PRIMARY KEY (tenant_id, n));"
                + " CREATE PUBLICATION changes FOR ALL TABLES";
        RingshardConfig config = founded(table);
        databases.get(0).execute(SOME);
        ShardConfig second = shard(database(), table);
        try (Ringshard shop = Ringshard.open(config)) {
            assertThat(shop.addShard(second).movedRows()).isPositive();
        }
    }

    @Test
    void a_check_of_the_configuration_tells_what_keeps_rows_from_moving_between_members() throws SQLException {
        RingshardConfig config = founded(ITEMS);
        ShardConfig second = shard(database(), ITEMS);
        try (Ringshard shop = Ringshard.open(config)) {
            shop.addShard(second);
        }
        RingshardConfig both = config.withShard(second);
        assertThat(Ringshard.check(both).concern()).isEmpty();

        databases.get(1).execute("ALTER TABLE items ADD CHECK (n < 1000)");

        ClusterCheck check = Ringshard.check(both);
        assertThat(check.concern()).contains(ClusterCheck.Concern.DEFINITIONS);
        assertThat(check.problem().orElseThrow())
                .contains("Rows cannot move between shards eu-1 and eu-2", "CHECK ((n < 1000)) is absent on eu-1");
    }

    @Test
    void a_column_that_is_sorted_otherwise_on_another_shard_is_named_before_anything_moves() throws SQLException {
        String table =
                "CREATE TABLE items (tenant_id text NOT NULL, name text COLLATE \"%s\", price money, CHECK (name < 'm'))";
        RingshardConfig config = founded(table.formatted("C"));
        assertRefused(config, shard(database(), table.formatted("und-x-icu")), "name COLLATE C is there on eu-1");
    }

    /** The database would hash the bytes that it keeps: the rows of such a key live where nobody looks for them. */
    @Test
    void a_database_that_keeps_the_texts_of_keys_in_other_bytes_is_refused() throws SQLException {
        RingshardConfig config = config(shard(PostgresServer.shared().createDatabaseIn("LATIN1"), ITEMS));
        assertThatThrownBy(() -> Ringshard.init(config))
                .isInstanceOf(ForeignShardException.class)
                .hasMessageContaining("items has the key column tenant_id in a database of the encoding LATIN1");
    }

    /** A counter that nobody sees cannot be set past what arrives. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "CREATE FUNCTION nx() RETURNS bigint LANGUAGE sql AS $$ SELECT nextval('s') $$ | n bigint DEFAULT nx() | | column n from the function nx()",
                "CREATE FUNCTION nx() RETURNS bigint LANGUAGE sql RETURN nextval('s'::regclass) | n bigint DEFAULT nx() + 1 | | column n from the function nx()",
                "CREATE FUNCTION tr() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.n := nextval('s'); RETURN NEW; END $$ | n bigint | CREATE TRIGGER counts BEFORE INSERT ON items FOR EACH ROW EXECUTE FUNCTION tr() | from its trigger counts",
                "CREATE FUNCTION tr() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN SELECT nextval('s') INTO NEW.n; RETURN NEW; END $$ | n bigint | CREATE TRIGGER counts BEFORE INSERT ON items FOR EACH ROW EXECUTE FUNCTION tr() | from its trigger counts",
                "CREATE FUNCTION tr() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE v bigint; BEGIN v := nextval('s'); NEW.n := v; RETURN NEW; END $$ | n bigint | CREATE TRIGGER counts BEFORE INSERT ON items FOR EACH ROW EXECUTE FUNCTION tr() | from its trigger counts",
                "CREATE FUNCTION nx() RETURNS bigint LANGUAGE sql AS $$ SELECT nextval('s') $$; CREATE FUNCTION outer_nx() RETURNS bigint LANGUAGE sql AS $$ SELECT nx() + 1 $$ | n bigint DEFAULT outer_nx() | | column n from the function outer_nx()",
                "CREATE DOMAIN number AS bigint DEFAULT nextval('s') | n number | | column n from the default of its type number"
            })
    void a_table_that_takes_its_numbers_where_nobody_sees_it_is_refused(
            String function, String column, @Nullable String trigger, String named) throws SQLException {
        String table = "CREATE SEQUENCE s; " + function + "; CREATE TABLE items (tenant_id text NOT NULL, " + column
                + "); " + (trigger == null ? "" : trigger);
        RingshardConfig config = config(shard(database(), table));
        assertThatThrownBy(() -> Ringshard.init(config))
                .isInstanceOf(ForeignShardException.class)
                .hasMessageContaining(named)
                .hasMessageContaining("let ");
    }

    @Test
    void a_constraint_that_nobody_would_check_for_rows_that_move_is_refused() throws SQLException {
        RingshardConfig config =
                config(shard(database(), "CREATE TABLE items (tenant_id text NOT NULL, n int UNIQUE DEFERRABLE)"));
        assertThatThrownBy(() -> Ringshard.init(config))
                .isInstanceOf(ForeignShardException.class)
                .hasMessageContaining("items has the constraint items_n_key, which is deferrable");
        RingshardConfig byKey = config(
                shard(
                        database(),
                        "CREATE TABLE items (tenant_id text NOT NULL, n int, UNIQUE (n, tenant_id) DEFERRABLE INITIALLY DEFERRED)"));
        assertThat(Ringshard.init(byKey).founded()).hasSize(1);
    }

    @Test
    void functions_and_triggers_that_count_for_something_else_are_nobodys_concern() throws SQLException {
        RingshardConfig config = config(shard(database(), """
                CREATE SEQUENCE s; CREATE TABLE audit (n bigint);
                CREATE FUNCTION code() RETURNS text LANGUAGE sql AS $$ SELECT 'x' $$;
                CREATE FUNCTION tr() RETURNS trigger LANGUAGE plpgsql AS
                    $$ BEGIN INSERT INTO audit VALUES (nextval('s')); IF NEW.n = 2 THEN INSERT INTO audit VALUES (nextval('s')); END IF; NEW.n := 1; RETURN NEW; END $$;
                CREATE TABLE items (tenant_id text NOT NULL, n int, c text DEFAULT code());
                CREATE TRIGGER audits BEFORE INSERT ON items FOR EACH ROW EXECUTE FUNCTION tr()"""));
        assertThat(Ringshard.init(config).founded()).containsExactly("eu-1");
    }

    /** What stands in the other table is seen through this one, and passes its fence. */
    @Test
    void a_table_that_inherits_from_a_sharded_one_is_named_by_verify() throws SQLException {
        RingshardConfig config = founded("CREATE TABLE items (tenant_id text NOT NULL, n int)");
        databases.get(0).execute("CREATE TABLE old_items () INHERITS (items)");
        try (Ringshard shop = Ringshard.open(config)) {
            assertThat(shop.verify().isSound()).isFalse();
        }
        assertThatThrownBy(() -> Ringshard.init(config)).hasMessageContaining("another one inherits from it");
    }

    /** What stands in it has the places of rows that left, too. */
    @Test
    void rows_of_a_table_that_inherits_are_not_deleted_with_those_that_left() throws SQLException {
        String table = "CREATE TABLE items (tenant_id text NOT NULL, n int)";
        RingshardConfig config = founded(table);
        databases.get(0).execute(SOME);
        ShardConfig second = shard(database(), table);
        try (Ringshard shop = Ringshard.open(config)) {
            shop.addShard(second);
        }
        databases.get(0).execute("""
                CREATE TABLE old_items () INHERITS (items);
                SET ringshard.mover = 'on';
                INSERT INTO old_items SELECT 't-' || i, i FROM generate_series(1, 50) i;
                INSERT INTO ringshard.departed_range (first_token, last_token, epoch, target)
                SELECT first_token, last_token, epoch, 'eu-2' FROM ringshard.handover_history""");
        try (Ringshard shop = Ringshard.open(config.withShard(second))) {
            assertThatThrownBy(shop::recover)
                    .isInstanceOf(ForeignShardException.class)
                    .hasMessageContaining("another table inherits from it");
        }
        assertThat(databases.get(0).number("SELECT count(*) FROM old_items")).isEqualTo(50);
    }

    @Test
    void whole_numbers_are_keys_in_any_encoding() throws SQLException {
        RingshardConfig config = config(shard(
                PostgresServer.shared().createDatabaseIn("LATIN1"),
                "CREATE TABLE items (tenant_id bigint NOT NULL, n int)"));
        assertThat(Ringshard.init(config).founded()).containsExactly("eu-1");
    }

    @Test
    void what_rows_refer_to_in_a_table_that_is_not_sharded_must_be_on_their_new_shard() throws SQLException {
        String tables = "CREATE TABLE countries (code text PRIMARY KEY, name text);"
                + "CREATE TABLE items (tenant_id text NOT NULL, n int, country text REFERENCES countries)";
        RingshardConfig config = founded(tables);
        databases
                .get(0)
                .execute("INSERT INTO countries VALUES ('at', 'Austria'), ('de', 'Germany'), ('xx', 'unused');"
                        + "INSERT INTO items SELECT 't-' || i, i, CASE i % 3 WHEN 0 THEN 'at' WHEN 1 THEN 'de' END"
                        + " FROM generate_series(1, 60) i");
        ShardConfig second = shard(database(), tables);
        databases.get(1).execute("INSERT INTO countries VALUES ('at', 'Oesterreich')");
        assertRefused(
                config,
                second,
                "public.countries, which is not sharded, lacks 1 of its rows on eu-2, and rows of items refer to such by items_country_fkey");
        databases.get(1).execute("INSERT INTO countries VALUES ('de', 'Germany')");
        try (Ringshard shop = Ringshard.open(config.withShard(second))) {
            assertThat(shop.rebalancer()
                            .run(shop.rebalancer().plan(), progress -> {})
                            .movedRows())
                    .isPositive();
            assertThat(shop.verify().isSound()).isTrue();
            databases.get(1).execute("SET session_replication_role = replica; DELETE FROM countries");
            assertThat(shop.verify().isSound()).isFalse();
            assertThat(shop.verify().rows().brokenForeignKeys().examples())
                    .isNotEmpty()
                    .allSatisfy(broken -> {
                        assertThat(broken.parent()).isEqualTo("public.countries");
                        assertThat(broken.parentToken()).isEmpty();
                    })
                    .extracting(BrokenForeignKey::shard)
                    .containsOnly("eu-2");
        }
    }

    @Test
    void nothing_moves_by_another_column_than_the_one_that_is_fenced() throws SQLException {
        RingshardConfig config = founded("CREATE TABLE items (tenant_id text NOT NULL, buyer text NOT NULL)");
        databases.get(0).execute("INSERT INTO items SELECT 't-' || i, 'b-' || i FROM generate_series(1, 50) i");
        ShardConfig second = shard(database(), "CREATE TABLE items (tenant_id text NOT NULL, buyer text NOT NULL)");
        RingshardConfig byBuyer = RingshardConfig.builder("shop")
                .bank(BankConfig.OFF)
                .shards(config.shards())
                .table(ShardedTable.byKey("items", "buyer"))
                .build();
        assertRefused(byBuyer, second, "items is fenced by its column tenant_id");
        assertThat(Ringshard.check(byBuyer).problem().orElse("none"))
                .contains("items is fenced by its column tenant_id");
        assertThatThrownBy(() -> Ringshard.init(byBuyer))
                .isInstanceOf(ForeignShardException.class)
                .hasMessageContaining("declare tenant_id again");
        assertThat(databases.get(1).number("SELECT count(*) FROM items")).isZero();
    }

    @Test
    void a_key_column_that_has_another_name_now_is_told_until_init_has_fenced_it() throws SQLException {
        RingshardConfig config = founded(ITEMS);
        databases.get(0).execute(SOME + "; ALTER TABLE items RENAME tenant_id TO owner");
        RingshardConfig renamed = RingshardConfig.builder("shop")
                .bank(BankConfig.OFF)
                .shards(config.shards())
                .table(ShardedTable.byKey("items", "owner"))
                .build();
        assertThat(Ringshard.check(renamed).problem().orElse("none")).contains("run init");
        Ringshard.init(renamed);
        assertThat(Ringshard.check(renamed).problem()).isEmpty();
        databases.get(0).execute("INSERT INTO items VALUES ('t-99', 1)");
        assertThat(databases.get(0).number("SELECT count(*) FROM pg_indexes WHERE tablename = 'items'"))
                .isEqualTo(1);
    }

    @Test
    void a_fence_that_is_disabled_is_found_though_the_check_after_it_is_at_work() throws SQLException {
        RingshardConfig config = founded(ITEMS
                + "; CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
                + "CREATE TRIGGER zero BEFORE INSERT ON items FOR EACH ROW EXECUTE FUNCTION nothing()");
        databases.get(0).execute("DROP TRIGGER zero ON items; ALTER TABLE items DISABLE TRIGGER ringshard_fence");
        try (Ringshard shop = Ringshard.open(config)) {
            assertThat(shop.verify().unfenced().examples()).containsExactly(new UnfencedTable("eu-1", "items"));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "UNIQUE (n); INSERT INTO items VALUES ('%s', 1); A constraint that does not contain the key",
                "CHECK (n > 0) NOT VALID; ; NOT VALID does not spare rows that move"
            })
    void a_row_that_its_new_shard_does_not_take_is_told_with_what_to_do(String constraint, String before, String told)
            throws SQLException {
        RingshardConfig config = founded(ITEMS);
        ShardConfig second = shard(database(), ITEMS);
        databases.get(0).execute("INSERT INTO items SELECT 't-' || i, -i FROM generate_series(1, 50) i");
        try (Ringshard shop = Ringshard.open(config)) {
            shop.addShard(second);
            if (before != null) {
                databases.get(0).execute("UPDATE items SET n = 1 WHERE n = (SELECT max(n) FROM items)");
                databases.get(1).execute("UPDATE items SET n = 1 WHERE n = (SELECT max(n) FROM items)");
            }
            for (TestDatabase database : databases) {
                database.execute("ALTER TABLE items ADD " + constraint);
            }
            assertThatThrownBy(() -> shop.removeShard("eu-2"))
                    .isInstanceOf(SqlFailedException.class)
                    .hasMessageContaining("table items")
                    .hasMessageContaining(told);
        }
    }

    /** The rows are so many that the look for those that cross takes longer than the role's limit. */
    @Test
    void the_limit_of_a_role_does_not_end_a_plan_and_is_named_where_it_ends_a_statement() throws SQLException {
        RingshardConfig config =
                founded(ITEMS + "; ALTER TABLE items ADD COLUMN other int; ALTER TABLE items ADD UNIQUE (n);"
                        + " ALTER TABLE items ADD FOREIGN KEY (other) REFERENCES items (n)");
        databases.get(0).execute("INSERT INTO items SELECT 't', i, i FROM generate_series(1, 200000) i");
        databases
                .get(0)
                .execute("ALTER DATABASE %s SET statement_timeout = '100ms'"
                        .formatted(databases.get(0).name()));
        try (Ringshard shop = Ringshard.open(config)) {
            assertThat(shop.rebalancer().plan().isEmpty()).isTrue();
            assertThat(shop.verify().isSound()).isTrue();
            assertThatThrownBy(() -> shop.scatter().gather(part -> {
                        try (Statement statement = part.connection().createStatement()) {
                            return statement.execute("SELECT pg_sleep(9)");
                        }
                    }))
                    .isInstanceOf(SqlFailedException.class)
                    .hasMessageContaining("statement_timeout");
        }
        databases
                .get(0)
                .execute(
                        "ALTER DATABASE %s RESET ALL".formatted(databases.get(0).name()));
    }

    /** A text does not tell its number, but the counter of the shard that it comes from does. */
    @Test
    void a_counter_whose_numbers_become_texts_is_past_what_arrives() throws SQLException {
        String table = "CREATE SEQUENCE counter; CREATE TABLE items (tenant_id text NOT NULL, n int,"
                + " label text DEFAULT 'N-' || nextval('counter') UNIQUE)";
        RingshardConfig config = founded(table);
        databases.get(0).execute(SOME);
        ShardConfig second = shard(database(), table);
        try (Ringshard shop = Ringshard.open(config)) {
            assertThat(shop.addShard(second).movedRows()).isPositive();
        }
        assertThat(databases.get(1).number("SELECT nextval('counter')")).isGreaterThan(50);
    }

    /** As an application may have that keeps a copy of a catalog, in a schema that is looked at first. */
    @Test
    void tables_that_are_named_like_catalogs_mislead_nothing() throws SQLException {
        String table = "CREATE TABLE items (tenant_id text NOT NULL, id int GENERATED ALWAYS AS IDENTITY, other int,"
                + " PRIMARY KEY (tenant_id, id))";
        RingshardConfig config = founded(table);
        databases.get(0).execute("INSERT INTO items (tenant_id) SELECT 't-' || i FROM generate_series(1, 50) i");
        ShardConfig second = shard(database(), table);
        try (Ringshard shop = Ringshard.open(config)) {
            shop.addShard(second);
        }
        for (TestDatabase database : databases) {
            database.execute("""
                    CREATE SCHEMA shadow;
                    DO $$ DECLARE catalog name; BEGIN
                        FOR catalog IN SELECT relname FROM pg_catalog.pg_class
                                WHERE relnamespace = 'pg_catalog'::regnamespace AND relkind IN ('r', 'v') LOOP
                            EXECUTE format('CREATE TABLE shadow.%%I (nothing int)', catalog);
                        END LOOP; END $$;
                    ALTER DATABASE %s SET search_path = public, shadow, pg_catalog""".formatted(database.name()));
        }
        try (Ringshard shop = Ringshard.open(config.withShard(second))) {
            assertThat(shop.verify().isOk()).isTrue();
            assertThat(shop.removeShard("eu-2").movedRows()).isPositive();
            assertThat(shop.status().isSettled()).isTrue();
        }
        assertThat(databases.get(0).number("SELECT count(*) FROM public.items")).isEqualTo(50);
    }

    @Test
    void counters_of_every_kind_are_past_what_arrives_and_never_set_back() throws SQLException {
        String tables = """
                CREATE SEQUENCE shared; CREATE SEQUENCE high START 5000000;
                CREATE TABLE items (tenant_id text NOT NULL, shared bigint DEFAULT nextval('shared') UNIQUE,
                    down int GENERATED BY DEFAULT AS IDENTITY (INCREMENT -1) UNIQUE,
                    round smallint GENERATED ALWAYS AS IDENTITY (MAXVALUE 300 CYCLE) UNIQUE, high int DEFAULT nextval('high') UNIQUE,
                    last int GENERATED BY DEFAULT AS IDENTITY (MAXVALUE 2147483647))""";
        RingshardConfig config = founded(tables);
        databases
                .get(0)
                .execute(
                        "INSERT INTO items (tenant_id, high, last) SELECT 't-' || i, i, 2147483647 FROM generate_series(1, 200) i");
        ShardConfig second = shard(database(), tables);
        try (Ringshard shop = Ringshard.open(config)) {
            shop.addShard(second);
        }
        String tenant = databases.get(1).text("SELECT min(tenant_id) FROM items");
        databases
                .get(1)
                .execute("INSERT INTO items (tenant_id, last) SELECT '%s', 1 FROM generate_series(1, 20)"
                        .formatted(tenant));
        assertThat(databases.get(1).number("SELECT max(high) FROM items")).isGreaterThan(5_000_000);
    }

    @Test
    void a_table_may_have_the_name_that_another_had_before_and_names_may_begin_alike() throws SQLException {
        String name = "a_table_with_a_rather_long_name_of_forty_one";
        RingshardConfig config = founded(ITEMS);
        databases.get(0).execute("ALTER TABLE items RENAME TO items_before; " + ITEMS);
        databases
                .get(0)
                .execute("CREATE TABLE %1$s (tenant_id text NOT NULL); CREATE TABLE %1$s_more (tenant_id text NOT NULL)"
                        .formatted(name));
        RingshardConfig more = RingshardConfig.builder("shop")
                .bank(BankConfig.OFF)
                .shards(config.shards())
                .table(ShardedTable.byKey("items", "tenant_id"))
                .table(ShardedTable.byKey(name, "tenant_id"))
                .table(ShardedTable.byKey(name + "_more", "tenant_id"))
                .build();
        Ringshard.init(more);
        Ringshard.init(more);
        assertThat(databases.get(0).number("SELECT count(*) FROM pg_indexes WHERE indexdef LIKE '%ringshard.token%'"))
                .isEqualTo(4);
        assertThat(Ringshard.check(more).problem()).isEmpty();
    }

    private RingshardConfig founded(String tables) throws SQLException {
        RingshardConfig config = config(shard(database(), tables));
        Ringshard.init(config);
        return config;
    }

    private static RingshardConfig config(ShardConfig shard) {
        return RingshardConfig.builder("shop")
                .bank(BankConfig.OFF)
                .shard(shard)
                .table(ShardedTable.byKey("items", "tenant_id"))
                .build();
    }

    private static TestDatabase database() {
        return TestCluster.database(DatabaseKind.POSTGRESQL);
    }

    private ShardConfig shard(TestDatabase database, String tables) throws SQLException {
        databases.add(database);
        database.execute(tables);
        return TestCluster.shard("eu-" + databases.size(), database);
    }

    private static void assertRefused(RingshardConfig config, ShardConfig second, String named) {
        try (Ringshard shop = Ringshard.open(config)) {
            assertThatThrownBy(() -> shop.addShard(second))
                    .isInstanceOf(ForeignShardException.class)
                    .hasMessageContaining(named)
                    .hasMessageContaining("Nothing was moved");
        }
    }
}
