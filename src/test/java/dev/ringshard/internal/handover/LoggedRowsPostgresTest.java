package dev.ringshard.internal.handover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.Ringshard;
import dev.ringshard.config.BankConfig;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.config.ShardedTable;
import dev.ringshard.failure.ForeignShardException;
import dev.ringshard.failure.StaleVersionException;
import dev.ringshard.internal.ownership.OwnedRange;
import dev.ringshard.internal.ownership.OwnedRangeTable;
import dev.ringshard.internal.shard.Shards;
import dev.ringshard.rebalance.RebalanceReport;
import dev.ringshard.routing.Router;
import dev.ringshard.testing.TestCluster;
import dev.ringshard.testing.TestDatabase;
import dev.ringshard.testing.Threads;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the fence logs while rows are copied is enough to copy again, whatever a row is known by. */
class LoggedRowsPostgresTest {
    private static final String ALL =
            "SELECT coalesce(string_agg(items::text, chr(10) ORDER BY items::text), '') FROM items";

    private static final String TYPES = """
            tenant_id text NOT NULL, %s, twice int GENERATED ALWAYS AS (2 * length(tenant_id)) STORED, word text, padded char(5),
            floats float8[], half real, exact numeric, cash money, moment timestamptz, day date, lasts interval, doc jsonb,
            raw json, bytes bytea, spans int4range[], words tsvector, address inet, bits bit varying, mark xml, truth boolean""";

    private static final String VALUES = """
            UPDATE items SET word = %s, padded = 'x ', floats = ARRAY['NaN', '-0', 'Infinity', '1e-300', '0.1', NULL]::float8[],
                half = 1.1, exact = 'NaN', cash = (-1234.56)::numeric::money, moment = '4713-01-01 00:00:00.000001+05:30 BC',
                day = 'infinity', lasts = '-1 year 2 days -00:00:00.5', doc = '{"b": [1, null], "a": "\\u0041"}',
                raw = '{"b" : 1,  "b":2}', bytes = '\\x00ff5c27', spans = ARRAY['[1,5)', 'empty', '(,)']::int4range[],
                words = 'a:1 cat:2A'::tsvector, address = '10.0.0.1/8', bits = B'0101', mark = '<a>&lt;b/></a>', truth = false
            WHERE id <= %d""";

    private static final String BINARY = """
            SELECT md5(string_agg(encode(record_send(ROW(tenant_id, id, twice, word, padded, floats, half, exact, cash, moment, day, lasts,
                doc, raw, bytes, spans, words, address, bits, mark, truth)), 'hex'), ' ' ORDER BY id)) FROM items""";

    private final List<TestDatabase> databases = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tenant_id text NOT NULL, id bigserial, part uuid DEFAULT gen_random_uuid(), word text, PRIMARY KEY (id, part)",
                "tenant_id varchar(20) NOT NULL, id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, word text",
                "tenant_id text NOT NULL, id bigserial, word text, PRIMARY KEY (tenant_id, id)",
                "tenant_id text NOT NULL, id numeric DEFAULT random()::numeric PRIMARY KEY, word text",
                "tenant_id text NOT NULL, id date DEFAULT DATE '2024-01-01' + (random() * 1000000)::int, word text, PRIMARY KEY (tenant_id, id)",
                "tenant_id text NOT NULL, id bigserial, twice bigint GENERATED ALWAYS AS (2 * length(tenant_id)) STORED, word text,"
                        + " PRIMARY KEY (tenant_id, twice, id)",
                "tenant_id text NOT NULL, id bigserial, word text",
                "tenant_id text NOT NULL, id bigserial, word text, PRIMARY KEY (tenant_id, id)) PARTITION BY HASH (id);"
                        + " CREATE TABLE items_0 PARTITION OF items FOR VALUES WITH (MODULUS 2, REMAINDER 0);"
                        + " CREATE TABLE items_1 PARTITION OF items FOR VALUES WITH (MODULUS 2, REMAINDER 1",
                "tenant_id text NOT NULL, id bigserial, word text) PARTITION BY LIST (word);"
                        + " CREATE TABLE items_old PARTITION OF items FOR VALUES IN ('old');"
                        + " CREATE TABLE items_any PARTITION OF items DEFAULT; CREATE INDEX ON items (id",
            })
    void rows_that_are_written_after_the_copy_arrive(String columns) throws SQLException {
        RingshardConfig config = founded(columns);
        TestDatabase source = databases.get(0);
        source.execute(
                "INSERT INTO items (tenant_id, word) SELECT 't-' || i % 20, 'old' FROM generate_series(1, 400) i");
        List<String> before = new ArrayList<>();

        long moved = move(config, step -> {
            if (step == HandoverStep.CATCH_UP || step == HandoverStep.LOCK) {
                execute(source, """
                        UPDATE items SET word = 'new ' || word WHERE tenant_id IN ('t-1', 't-2');
                        DELETE FROM items WHERE tenant_id = 't-3' OR (tenant_id = 't-4' AND word LIKE 'n%');
                        INSERT INTO items (tenant_id, word) VALUES ('t-4', 'nine'), ('t-100', 'first of its key'), ('t-3', 'again');
                        UPDATE items SET tenant_id = 't-200' WHERE tenant_id = 't-5';
                        UPDATE items SET tenant_id = 't-5' WHERE tenant_id = 't-6';
                        INSERT INTO items (tenant_id, word) VALUES ('t-7', 'undone twice');
                        DELETE FROM items WHERE word = 'undone twice'""");
                before.add(text(source));
            }
        });

        assertThat(databases.get(1).text(ALL)).isEqualTo(before.get(1)).isNotEqualTo(before.get(0));
        assertThat(moved).isEqualTo(databases.get(1).number("SELECT count(*) FROM items"));
        assertThat(source.number("SELECT count(*) FROM ringshard.change")).isZero();
    }

    /** Few of them go as texts, in a round trip; large ones, and those of a table whose columns stand in another order, by COPY. */
    @ParameterizedTest
    @CsvSource({"3, small, id", "3, small, word", "3, large, id", "150, small, id"})
    void rows_of_every_type_that_are_written_after_the_copy_arrive_as_they_are(int rows, String size, String lastColumn)
            throws SQLException {
        RingshardConfig config = founded(TYPES.formatted("id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY"));
        TestDatabase source = databases.get(0);
        TestDatabase target = databases.get(1);
        if (lastColumn.equals("word")) {
            target.execute("ALTER TABLE items DROP COLUMN word; ALTER TABLE items ADD COLUMN word text");
        }
        source.execute("INSERT INTO items (tenant_id) SELECT 't-' || i FROM generate_series(1, 200) i");

        move(config, step -> {
            if (step == HandoverStep.LOCK) {
                String word = size.equals("large")
                        ? "(SELECT string_agg(md5(i::text), '') FROM generate_series(1, 4000) i)"
                        : "E'a\\\\b\\n\\t''\"{},()?$1 %s Łó😀'";
                execute(source, VALUES.formatted(word, rows));
            }
        });

        assertThat(target.text(BINARY)).isEqualTo(source.text(BINARY));
        assertThat(target.number("SELECT count(*) FROM items WHERE word IS NOT NULL"))
                .isEqualTo(rows);
    }

    @Test
    void a_primary_key_that_changes_is_copied_under_both() throws SQLException {
        RingshardConfig config = founded("tenant_id text NOT NULL, id int PRIMARY KEY, word text");
        TestDatabase source = databases.get(0);
        source.execute("INSERT INTO items SELECT 't-' || i % 20, i, 'old' FROM generate_series(1, 400) i");

        move(config, step -> {
            if (step == HandoverStep.LOCK) {
                execute(
                        source,
                        "UPDATE items SET id = 1000 + id WHERE tenant_id = 't-1'; UPDATE items SET id = -id WHERE id = 2");
            }
        });

        assertThat(databases.get(1).number("SELECT count(*) FROM items WHERE id > 1000"))
                .isEqualTo(20);
        assertThat(databases.get(1).number("SELECT count(*) FROM items")).isEqualTo(400);
        assertThat(databases.get(1).number("SELECT count(*) FROM items WHERE id IN (1, 2)"))
                .isZero();
    }

    /** Otherwise it would be the application that finds out: what it writes could not be logged. */
    @Test
    void a_fence_that_logs_a_column_which_is_gone_lets_nothing_move_until_init_has_mended_it() throws SQLException {
        RingshardConfig config = founded("tenant_id text NOT NULL, id bigserial PRIMARY KEY, word text");
        TestDatabase source = databases.get(0);
        for (TestDatabase database : databases) {
            database.execute("ALTER TABLE items RENAME COLUMN id TO item_id");
        }

        assertThatThrownBy(() -> move(config, step -> {}))
                .isInstanceOf(ForeignShardException.class)
                .hasMessageContaining("The fence is not at work on items of shard eu-1")
                .hasMessageContaining("Run init");
        source.execute("INSERT INTO items (tenant_id, word) VALUES ('t-1', 'written all the same')");

        Ringshard.init(config);
        assertThat(move(config, step -> {})).isEqualTo(1);
    }

    /** Their copy would be older than they are. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "ALTER TABLE items ALTER COLUMN word TYPE text USING word || ' and new'",
                "BEGIN; ALTER TABLE items DISABLE TRIGGER USER; UPDATE items SET word = 'new'; ALTER TABLE items ENABLE TRIGGER USER; COMMIT",
                "BEGIN; ALTER TABLE items DISABLE TRIGGER USER; TRUNCATE items; ALTER TABLE items ENABLE TRIGGER USER; COMMIT",
            })
    void rows_that_are_changed_past_the_fence_while_they_are_copied_do_not_move(String change) throws SQLException {
        RingshardConfig config = founded("tenant_id text NOT NULL, id int PRIMARY KEY, word text");
        TestDatabase source = databases.get(0);
        source.execute("INSERT INTO items SELECT 't-' || i % 20, i, 'old' FROM generate_series(1, 400) i");

        assertNoticed(config, change);

        String changed = text(source);
        move(config, step -> {});
        assertThat(text(databases.get(1))).isEqualTo(changed).doesNotContain("old)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "BEGIN; ALTER TABLE items_0 DISABLE TRIGGER USER; UPDATE items SET word = 'new'; ALTER TABLE items_0 ENABLE TRIGGER USER; COMMIT",
                "TRUNCATE items_0; INSERT INTO items SELECT 't-' || i % 20, i, 'new' FROM generate_series(1, 9) i",
                "CREATE TABLE more (LIKE items); INSERT INTO more SELECT 't-' || i % 20, i, 'new' FROM generate_series(1000, 1100) i;"
                        + " ALTER TABLE items ATTACH PARTITION more FOR VALUES FROM (1000) TO (2000)",
            })
    void partitions_that_change_past_the_fence_of_their_table_do_not_move(String change) throws SQLException {
        RingshardConfig config = founded("tenant_id text NOT NULL, id int, word text) PARTITION BY RANGE (id);"
                + " CREATE TABLE items_0 PARTITION OF items FOR VALUES FROM (0) TO (1000");
        TestDatabase source = databases.get(0);
        source.execute("INSERT INTO items SELECT 't-' || i % 20, i, 'old' FROM generate_series(1, 400) i");

        assertNoticed(config, change);

        String changed = text(source);
        if (change.contains("ATTACH")) {
            databases.get(1).execute("CREATE TABLE more PARTITION OF items FOR VALUES FROM (1000) TO (2000)");
        }
        move(config, step -> {});
        assertThat(text(databases.get(1))).isEqualTo(changed).contains("new)");
    }

    /** A change of the source once its rows are copied. */
    private void assertNoticed(RingshardConfig config, String change) {
        assertThatThrownBy(() -> move(config, step -> {
                    if (step == HandoverStep.LOCK) {
                        execute(databases.get(0), change);
                    }
                }))
                .isInstanceOf(StaleVersionException.class)
                .hasMessageContaining("changed while its rows were being copied");
    }

    @Test
    void a_mover_that_dies_leaves_a_log_that_recovery_ends() throws SQLException {
        RingshardConfig config = founded("tenant_id text NOT NULL, id bigserial PRIMARY KEY, word text");
        TestDatabase source = databases.get(0);
        source.execute(
                "INSERT INTO items (tenant_id, word) SELECT 't-' || i % 20, 'old' FROM generate_series(1, 400) i");
        try (Shards shards = Shards.open(config.shards())) {
            handover(config, step -> {}).stage(chunk(shards));
            source.execute("UPDATE items SET word = 'new'");
            assertThat(source.number("SELECT count(*) FROM ringshard.change")).isEqualTo(400);

            new Recovery(shards, config.shardedTables(), Optional.empty()).run();

            source.execute("UPDATE items SET word = 'newer'");
            assertThat(source.number("SELECT count(*) FROM ringshard.change")).isZero();
            assertThat(source.number("SELECT count(*) FROM ringshard.owned_range WHERE is_logged"))
                    .isZero();
            assertThat(databases.get(1).number("SELECT count(*) FROM items")).isZero();
        }
    }

    /** What it does not show: how long the writers wait. */
    @Test
    @Tag("ci")
    void a_key_with_very_many_rows_moves_while_its_writers_work() throws SQLException {
        RingshardConfig config = founded("tenant_id text NOT NULL, id int PRIMARY KEY, n int NOT NULL");
        int rows = 50_000;
        databases
                .get(0)
                .execute("INSERT INTO items SELECT 'large', i, 0 FROM generate_series(1, %d) i; ANALYZE items"
                        .formatted(rows));
        RingshardConfig drained = config.withShard(config.shards().get(1).withWeight(1))
                .withShard(config.shards().get(0).withWeight(0));
        AtomicBoolean isMoved = new AtomicBoolean();
        try (Ringshard writing = Ringshard.open(config);
                Ringshard moving = Ringshard.open(drained)) {
            CompletableFuture<RebalanceReport> rebalance = CompletableFuture.supplyAsync(() -> {
                RebalanceReport report =
                        moving.rebalancer().run(moving.rebalancer().plan(), progress -> {});
                isMoved.set(true);
                return report;
            });

            List<Long> written = Threads.atOnce(4, thread -> write(writing.router(), thread, rows, isMoved));

            assertThat(rebalance.join().movedRows()).isEqualTo(rows);
            assertThat(databases.get(1).number("SELECT sum(n) FROM items"))
                    .isEqualTo(written.stream().mapToLong(Long::longValue).sum());
            assertThat(databases.get(0).number("SELECT count(*) FROM items")).isZero();
        }
    }

    private static long write(Router router, int thread, int rows, AtomicBoolean isMoved) {
        long written = 0;
        while (!isMoved.get()) {
            int id = 1 + (int) ((thread + 7919 * written) % rows);
            router.transaction(
                    "large", writing -> writing.dsl().execute("UPDATE items SET n = n + 1 WHERE id = ?", id) == 1);
            written++;
        }
        return written;
    }

    private RingshardConfig founded(String columns) throws SQLException {
        List<String> tables = List.of("CREATE TABLE items (%s)".formatted(columns));
        databases.addAll(TestCluster.foundedDatabases(
                List.of(tables, tables),
                List.of(DatabaseKind.POSTGRESQL, DatabaseKind.POSTGRESQL),
                LoggedRowsPostgresTest::config));
        return config(databases);
    }

    private static RingshardConfig config(List<TestDatabase> databases) {
        List<ShardConfig> shards = TestCluster.shards(databases);
        return RingshardConfig.builder("shop")
                .bank(BankConfig.OFF)
                .shard(shards.get(0))
                .shard(shards.get(1).withWeight(0))
                .table(ShardedTable.byKey("items", "tenant_id"))
                .build();
    }

    private static long move(RingshardConfig config, Consumer<HandoverStep> beforeStep) {
        try (Shards shards = Shards.open(config.shards())) {
            return handover(config, beforeStep).attempt(chunk(shards)).rows();
        }
    }

    private static Handover handover(RingshardConfig config, Consumer<HandoverStep> beforeStep) {
        return new Handover(config.cluster(), config.shardedTables(), System::nanoTime, beforeStep);
    }

    private static Chunk chunk(Shards shards) {
        List<OwnedRange> owned =
                Objects.requireNonNull(shards.get("eu-1").snapshot(looking -> OwnedRangeTable.all(looking.dsl())));
        return new Chunk(
                shards.get("eu-1"),
                shards.get("eu-2"),
                owned.stream().map(OwnedRange::range).toList());
    }

    private static void execute(TestDatabase database, String sql) {
        try {
            database.execute(sql);
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    private static String text(TestDatabase database) {
        try {
            return Objects.requireNonNull(database.text(ALL));
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }
}
