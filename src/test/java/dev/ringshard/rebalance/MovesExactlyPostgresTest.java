package dev.ringshard.rebalance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.Ringshard;
import dev.ringshard.config.BankConfig;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.config.ShardedTable;
import dev.ringshard.failure.CorruptionException;
import dev.ringshard.failure.ForeignShardException;
import dev.ringshard.testing.PostgresServer;
import dev.ringshard.testing.TestCluster;
import dev.ringshard.testing.TestDatabase;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Rows arrive column for column as they were, whatever the two databases and their users are set to; or nothing moves, and table
 * and column are named.
 */
class MovesExactlyPostgresTest {
    private static final String ITEMS = """
            CREATE TABLE items (tenant_id text NOT NULL, id int GENERATED ALWAYS AS IDENTITY, exact numeric, float8 float8,
                doubled numeric GENERATED ALWAYS AS (exact * 2) STORED, born timestamptz, words tsvector,
                span int4range, document jsonb, PRIMARY KEY (tenant_id, id))""";

    /** The same columns, in another order. */
    private static final String ITEMS_OTHERWISE = """
            CREATE TABLE items (document jsonb, born timestamptz, id int GENERATED ALWAYS AS IDENTITY, span int4range,
                words tsvector, float8 float8, tenant_id text NOT NULL,
                doubled numeric GENERATED ALWAYS AS (exact * 2) STORED, exact numeric, PRIMARY KEY (tenant_id, id))""";

    private static final String COLUMNS =
            "concat_ws('|', tenant_id, id, exact, float8, doubled, born, words, span, document)";

    /** What a session of the mover's finds when it begins. */
    private static final List<String> SETTINGS = List.of(
            "default_transaction_isolation = 'serializable'",
            "default_transaction_deferrable = on",
            "lock_timeout = '1ms'",
            "datestyle = 'SQL, DMY'",
            "bytea_output = 'escape'",
            "intervalstyle = 'sql_standard'",
            "extra_float_digits = -3",
            "timezone = 'America/St_Johns'",
            "quote_all_identifiers = on",
            "standard_conforming_strings = off",
            "escape_string_warning = on",
            "idle_in_transaction_session_timeout = '1s'",
            "search_path = elsewhere, public");

    private final List<TestDatabase> databases = new ArrayList<>();

    @Test
    void generated_columns_identities_columns_in_another_order_and_numbers_that_are_none_arrive_as_they_were()
            throws SQLException {
        RingshardConfig config = founded(ITEMS);
        databases.get(0).execute("""
                ALTER TABLE items ADD COLUMN dropped text DEFAULT 'x'; ALTER TABLE items DROP COLUMN dropped;
                INSERT INTO items (tenant_id, exact, float8, born, words, span, document)
                    SELECT 't-' || i, (ARRAY[1.50, 'NaN', 'Infinity', '-Infinity', NULL, 0])[1 + i % 6],
                           (ARRAY['NaN', 'Infinity', '-Infinity', '-0', 1e-308, NULL]::float8[])[1 + i % 6],
                           (ARRAY['infinity', '-infinity', '0044-03-15 BC', '2024-02-29 12:00+05']::timestamptz[])[1 + i % 4],
                           'a:1 fat:2B'::tsvector, int4range(i, NULL), '{"b": [1.10, null], "a": "\\u00e9"}'
                    FROM generate_series(1, 60) i""");
        String before = all(0);
        ShardConfig second = shard(TestCluster.database(DatabaseKind.POSTGRESQL), ITEMS_OTHERWISE);
        try (Ringshard shop = Ringshard.open(config)) {
            shop.addShard(second);
            assertThat(databases.get(1).number("SELECT count(*) FROM items")).isPositive();
            shop.removeShard("eu-2");
        }
        assertThat(all(0)).isEqualTo(before);
    }

    @Test
    void a_column_that_is_generated_otherwise_on_another_shard_is_named_before_anything_moves() throws SQLException {
        RingshardConfig config = founded(
                "CREATE TABLE items (tenant_id text NOT NULL, n int, m int GENERATED ALWAYS AS (n * 2) STORED)");
        ShardConfig second = shard(
                TestCluster.database(DatabaseKind.POSTGRESQL),
                "CREATE TABLE items (tenant_id text NOT NULL, n int, m int GENERATED ALWAYS AS (n * 3) STORED)");
        assertRefused(config, second, "m GENERATED AS", "n * 2", "n * 3");
    }

    @ParameterizedTest
    @CsvSource({"0", "1"})
    void a_row_that_would_be_computed_otherwise_where_it_goes_does_not_move(int replacedOn) throws SQLException {
        String doubled =
                "CREATE OR REPLACE FUNCTION doubled(n int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT %s'; ";
        String items = doubled.formatted("n * 2")
                + "CREATE TABLE items (tenant_id text NOT NULL, n int, m int GENERATED ALWAYS AS (doubled(n)) STORED)";
        RingshardConfig config = founded(items);
        databases.get(0).execute("INSERT INTO items SELECT 't-' || i, i FROM generate_series(1, 60) i");
        TestDatabase other = TestCluster.database(DatabaseKind.POSTGRESQL);
        ShardConfig second = shard(other, items);
        databases.get(0).execute(doubled.formatted(replacedOn == 0 ? "n * 2 + 1" : "n * 2"));
        other.execute(doubled.formatted("n * 2 + 1"));
        try (Ringshard shop = Ringshard.open(config)) {
            assertThatThrownBy(() -> shop.addShard(second))
                    .isInstanceOf(CorruptionException.class)
                    .hasMessageContaining("generated columns of table items (m)")
                    .hasMessageContaining("Nothing of this chunk moved");
            databases.get(0).execute(doubled.formatted("n * 2 + 1") + "; UPDATE items SET n = n");
            shop.rebalancer().run(shop.rebalancer().plan(), progress -> {});
        }
        assertThat(other.number("SELECT count(*) FROM items")).isPositive();
        assertThat(other.number("SELECT count(*) FROM items WHERE m <> 2 * n + 1"))
                .isZero();
    }

    /** A row that one shard takes and another does not would stop the rebalance in its middle, for ever. */
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "CHECK (n < 10); CHECK (n < 5); n < 5",
                "UNIQUE (tenant_id, n); UNIQUE (n); UNIQUE (n)",
                "CHECK (n < 10);; absent",
            })
    void constraints_that_differ_are_named_before_anything_moves(String here, String there, String named)
            throws SQLException {
        String table = "CREATE TABLE items (tenant_id text NOT NULL, n int%s)";
        RingshardConfig config = founded(table.formatted(", " + here));
        ShardConfig second = shard(
                TestCluster.database(DatabaseKind.POSTGRESQL), table.formatted(there == null ? "" : ", " + there));
        assertRefused(config, second, "items", named);
    }

    @ParameterizedTest
    @ValueSource(strings = {"LATIN1", "SQL_ASCII"})
    void a_database_in_another_encoding_is_refused_before_it_joins(String encoding) throws SQLException {
        RingshardConfig config = founded("CREATE TABLE items (tenant_id text NOT NULL, n text)");
        ShardConfig second = shard(
                PostgresServer.shared().createDatabaseIn(encoding),
                "CREATE TABLE items (tenant_id text NOT NULL, n text)");
        assertRefused(config, second, "encoding", encoding, "UTF8");
        assertThat(databases.get(1).text("SELECT to_regclass('ringshard.owned_range')"))
                .isNull();
    }

    @Test
    void the_settings_of_a_role_or_a_database_change_nothing_that_moves() throws SQLException {
        RingshardConfig config = founded(ITEMS);
        databases.get(0).execute("""
                INSERT INTO items (tenant_id, exact, float8, born, span)
                SELECT 't-' || i, 1.0 / i, 1e0 / i, '2024-02-29 12:00+05', int4range(i, NULL) FROM generate_series(1, 2000) i""");
        String before = all(0);
        ShardConfig second = shard(TestCluster.database(DatabaseKind.POSTGRESQL), ITEMS_OTHERWISE);
        for (TestDatabase database : databases) {
            for (String setting : SETTINGS) {
                database.execute("ALTER DATABASE %s SET %s".formatted(database.name(), setting));
            }
        }
        try (Ringshard shop = Ringshard.open(config)) {
            shop.addShard(second);
            assertThat(databases.get(1).number("SELECT count(*) FROM items")).isPositive();
            assertThat(shop.verify().isSound()).isTrue();
            shop.removeShard("eu-2");
        }
        databases
                .get(0)
                .execute(
                        "ALTER DATABASE %s RESET ALL".formatted(databases.get(0).name()));
        assertThat(all(0)).isEqualTo(before);
    }

    @Test
    void sessions_that_are_read_only_are_told_before_anything_moves() throws SQLException {
        RingshardConfig config = founded(ITEMS);
        ShardConfig second = shard(TestCluster.database(DatabaseKind.POSTGRESQL), ITEMS);
        databases
                .get(0)
                .execute("ALTER DATABASE %s SET default_transaction_read_only = on"
                        .formatted(databases.get(0).name()));
        assertRefused(config, second, "eu-1", "default_transaction_read_only");
    }

    /** A table of the same name stands before the one that is sharded. */
    @Test
    void a_search_path_that_leads_to_another_table_is_told_before_anything_moves() throws SQLException {
        RingshardConfig config = founded("CREATE TABLE items (tenant_id text NOT NULL, n int)");
        databases.get(0).execute("INSERT INTO items SELECT 't-' || i, i FROM generate_series(1, 50) i");
        ShardConfig second = shard(
                TestCluster.database(DatabaseKind.POSTGRESQL), "CREATE TABLE items (tenant_id text NOT NULL, n int)");
        databases.get(0).execute("""
                CREATE SCHEMA elsewhere; CREATE TABLE elsewhere.items (tenant_id text NOT NULL, n int);
                ALTER DATABASE %s SET search_path = elsewhere, public""".formatted(databases.get(0).name()));
        assertRefused(config, second, "public.items");
        assertThat(databases.get(0).number("SELECT count(*) FROM public.items")).isEqualTo(50);
    }

    private RingshardConfig founded(String table) throws SQLException {
        databases.addAll(TestCluster.foundedDatabases(
                List.of(List.of(table)), List.of(DatabaseKind.POSTGRESQL), MovesExactlyPostgresTest::config));
        return config(databases);
    }

    private static RingshardConfig config(List<TestDatabase> databases) {
        return RingshardConfig.builder("shop")
                .bank(BankConfig.OFF)
                .shards(TestCluster.shards(databases))
                .table(ShardedTable.byKey("items", "tenant_id"))
                .build();
    }

    private ShardConfig shard(TestDatabase database, String table) throws SQLException {
        databases.add(database);
        database.execute(table);
        return TestCluster.shard("eu-" + databases.size(), database);
    }

    private static void assertRefused(RingshardConfig config, ShardConfig second, String... named) {
        try (Ringshard shop = Ringshard.open(config)) {
            assertThatThrownBy(() -> shop.addShard(second))
                    .isInstanceOf(ForeignShardException.class)
                    .hasMessageContainingAll(named)
                    .hasMessageContaining("Nothing was moved");
        }
    }

    private String all(int database) throws SQLException {
        return String.valueOf(databases
                .get(database)
                .text("SELECT string_agg(%1$s, E'\\n' ORDER BY %1$s) FROM items".formatted(COLUMNS)));
    }
}
