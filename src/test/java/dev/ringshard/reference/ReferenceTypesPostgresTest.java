package dev.ringshard.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.Ringshard;
import dev.ringshard.config.BankConfig;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardedTable;
import dev.ringshard.failure.ForeignShardException;
import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.internal.copies.ReferenceCopies;
import dev.ringshard.internal.copies.ReferenceStep;
import dev.ringshard.internal.shard.Retry;
import dev.ringshard.internal.shard.Shards;
import dev.ringshard.testing.TestCluster;
import dev.ringshard.testing.TestDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** What tables of PostgreSQL can have, and other databases not: types, triggers, counters, rows that move without their foreign keys. */
class ReferenceTypesPostgresTest {
    private static final List<String> SCHEMA = List.of(
            "CREATE TYPE mood AS ENUM ('sunny', 'grey')",
            "CREATE DOMAIN share AS numeric(5, 2) CHECK (VALUE >= 0)",
            """
            CREATE TABLE regions (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, mood mood, tags text[], facts jsonb,
                raw bytea, tax share, code char(4), seen timestamptz, lasts interval, span int4range, place point, price money,
                ratio double precision, changed_at timestamptz NOT NULL DEFAULT now(),
                label text GENERATED ALWAYS AS (upper(code)) STORED)""",
            """
            CREATE FUNCTION touch_region() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN NEW.changed_at := clock_timestamp(); RETURN NEW; END $$""",
            "CREATE TRIGGER regions_touch BEFORE INSERT OR UPDATE ON regions FOR EACH ROW EXECUTE FUNCTION touch_region()",
            "CREATE TABLE shops (id bigint PRIMARY KEY, region bigint REFERENCES regions)");

    private static final String ROW = """
            INSERT INTO regions (mood, tags, facts, raw, tax, code, seen, lasts, span, place, price, ratio)
            VALUES ('sunny', ARRAY['a', NULL, 'b "c", d'], '{"a": [1, 2.50, null]}', '\\x00ff', 7.10, 'ab', '2024-02-29 12:00:00.123456+05',
                '1 year 2 days 03:04:05', '[1,5)', '(1.5,2)', '12.34', 0.1::float8 + 0.2::float8)""";

    private final List<TestDatabase> databases = new ArrayList<>();
    private final RingshardConfig config;

    ReferenceTypesPostgresTest() throws SQLException {
        for (int i = 0; i < 3; i++) {
            TestDatabase database = TestCluster.database(DatabaseKind.POSTGRESQL);
            for (String sql : SCHEMA) {
                database.execute(sql);
            }
            databases.add(database);
        }
        databases.get(0).execute(ROW);
        this.config = RingshardConfig.builder("shop")
                .bank(BankConfig.OFF)
                .table(ShardedTable.byKey("shops", "id"))
                .referenceTable("regions")
                .shards(TestCluster.shards(databases.subList(0, 2)))
                .build();
        Ringshard.init(config);
    }

    private String regions(int database) throws SQLException {
        return String.valueOf(
                databases.get(database).text("SELECT string_agg(regions::text, '; ' ORDER BY id) FROM regions"));
    }

    @Test
    void values_of_all_types_are_the_same_on_all_shards_whatever_triggers_do() throws SQLException {
        assertThat(regions(1)).isEqualTo(regions(0)).contains("sunny", "2.50");

        try (Ringshard cluster = Ringshard.open(config)) {
            ReferenceUpdate update = cluster.reference("regions").update(tx -> {
                tx.dsl().execute(ROW);
                tx.dsl().execute("UPDATE regions SET mood = 'grey', tags = NULL, facts = '[]' WHERE id = 1");
            });
            assertThat(update.behind()).isEmpty();
            assertThat(cluster.verify().isOk()).isTrue();
        }
        assertThat(regions(1)).isEqualTo(regions(0)).contains("grey");
    }

    /** Only the counter of the home has counted. */
    @Test
    void numbers_go_on_where_they_were_once_another_shard_is_the_home() throws SQLException {
        try (Ringshard cluster = Ringshard.open(config)) {
            cluster.removeShard("eu-1");
            cluster.reference("regions").update(tx -> tx.dsl().execute(ROW));
        }
        assertThat(databases.get(1).number("SELECT count(*) FROM regions")).isEqualTo(2);
    }

    @Test
    void truncating_it_is_refused_also_within_an_update() {
        assertThatThrownBy(() -> databases.get(1).execute("TRUNCATE regions CASCADE"))
                .hasMessageContaining("TRUNCATE of the reference table regions is refused");
        try (Ringshard cluster = Ringshard.open(config)) {
            assertThatThrownBy(() ->
                            cluster.reference("regions").update(tx -> tx.dsl().execute("TRUNCATE regions CASCADE")))
                    .hasMessageContaining("TRUNCATE of the reference table regions is refused");
        }
    }

    @Test
    void a_fence_that_somebody_disabled_is_told_and_put_on_again() throws SQLException {
        databases.get(1).execute("ALTER TABLE regions DISABLE TRIGGER ringshard_reference");

        assertThat(Ringshard.check(config).problem().orElse(""))
                .contains(
                        "regions is not under the fence of a reference table, or its trigger ringshard_reference is disabled");
        try (Ringshard cluster = Ringshard.open(config)) {
            assertThat(cluster.verify().unfenced().count()).isEqualTo(1);
        }
        databases.get(1).execute("ALTER TABLE regions ENABLE TRIGGER ringshard_reference");
        assertThat(Ringshard.check(config).problem()).isEmpty();
    }

    @Test
    void a_database_whose_table_is_another_does_not_join() throws SQLException {
        databases.get(2).execute("ALTER TABLE regions ADD COLUMN more text");
        try (Ringshard cluster = Ringshard.open(config)) {
            assertThatThrownBy(() -> cluster.addShard(TestCluster.shard("eu-3", databases.get(2))))
                    .isInstanceOf(ForeignShardException.class)
                    .hasMessageContaining("regions.more");
            assertThat(cluster.reference("regions")
                            .update(tx -> tx.dsl().execute(ROW))
                            .behind())
                    .isEmpty();
        }
    }

    /** No foreign key is checked of rows that move: a row that came past the look of its shard is found by a read over all. */
    @Test
    void a_row_that_moves_while_what_it_refers_to_is_deleted_keeps_it() throws SQLException {
        try (Ringshard cluster = Ringshard.open(config);
                Shards own = Shards.open(config.shards())) {
            long shop = 1;
            while (!cluster.router().locate(Long.toString(shop)).shard().equals("eu-1")) {
                shop++;
            }
            String row = "INSERT INTO shops (id, region) VALUES (%d, 1)".formatted(shop);
            AtomicBoolean hasMoved = new AtomicBoolean();
            ReferenceTable regions = new ReferenceTable(
                    "regions",
                    new ReferenceCopies("shop", config.tables().reference(), own.all(), step -> {
                        if (step == ReferenceStep.RETIRE && !hasMoved.getAndSet(true)) {
                            arrive(row);
                        }
                    }),
                    cluster.scatter(),
                    config.shardedTables(),
                    Retry.within(Duration.ofSeconds(5)),
                    cluster.router()::refresh);

            assertThatThrownBy(() -> regions.update(tx -> tx.dsl().execute("DELETE FROM regions WHERE id = 1")))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("because rows of shops on shard eu-1 refer to them by shops_region_fkey");

            assertThat(regions(1)).isEqualTo(regions(0)).contains("sunny");
            assertThat(cluster.verify().isOk()).isTrue();
        }
    }

    private void arrive(String row) {
        try {
            databases.get(0).execute("SET session_replication_role = replica; " + row);
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }
}
