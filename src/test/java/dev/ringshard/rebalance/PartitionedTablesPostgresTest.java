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
import dev.ringshard.status.LeaveOutcome;
import dev.ringshard.testing.Definitions;
import dev.ringshard.testing.TestCluster;
import dev.ringshard.testing.TestDatabase;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A table in partitions is a table: it is declared by its own name, and fenced, moved and left as a whole. */
class PartitionedTablesPostgresTest {
    private static final String EVENTS = """
            CREATE TABLE tenants (id text PRIMARY KEY);
            CREATE TABLE events (tenant_id text NOT NULL REFERENCES tenants, id bigint NOT NULL, born date NOT NULL, word text,
                PRIMARY KEY (tenant_id, id, born)) PARTITION BY RANGE (born);
            CREATE TABLE events_2024 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
            CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01') PARTITION BY HASH (tenant_id);
            CREATE TABLE events_2025_0 PARTITION OF events_2025 FOR VALUES WITH (MODULUS 2, REMAINDER 0);
            CREATE TABLE events_2025_1 PARTITION OF events_2025 FOR VALUES WITH (MODULUS 2, REMAINDER 1);
            CREATE TABLE visits (tenant_id text NOT NULL, page text) PARTITION BY LIST (page);
            CREATE TABLE visits_any PARTITION OF visits DEFAULT""";

    private static final String ALL = """
            SELECT string_agg(line, chr(10) ORDER BY line) FROM (
                SELECT concat_ws('|', tableoid::regclass, tenant_id, id, born, word) AS line FROM events
                UNION ALL SELECT concat_ws('|', tableoid::regclass, tenant_id, page) FROM visits) all_rows""";

    private final List<TestDatabase> databases = new ArrayList<>();

    @Test
    void every_row_arrives_in_its_partition_as_it_is_when_its_chunk_is_handed_over() throws SQLException {
        RingshardConfig config = founded(EVENTS);
        TestDatabase source = databases.get(0);
        try (Ringshard shop = Ringshard.open(config)) {
            shop.addShard(shard(EVENTS), once(() -> source.execute("""
                    UPDATE events SET word = 'changed' WHERE id % 3 = 0;
                    UPDATE events SET born = '2025-07-07' WHERE id % 5 = 0 AND born < '2025-01-01';
                    DELETE FROM events WHERE id % 7 = 0;
                    INSERT INTO events SELECT tenant_id, id + 1000, '2024-12-31', 'new' FROM events WHERE id % 11 = 0;
                    UPDATE visits SET page = page || '!' WHERE length(page) = 33""")));
            String before = together();
            assertThat(before).contains("changed").contains("new").contains("!");
            assertThat(databases.get(1).number("SELECT count(*) FROM events_2025"))
                    .isPositive();

            shop.removeShard("eu-1");

            assertThat(together()).isEqualTo(before);
            assertThat(source.number("SELECT (SELECT count(*) FROM events) + (SELECT count(*) FROM visits)"))
                    .isZero();
            assertThat(shop.verify().isSound()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"events", "events_2024", "events_2025", "events_2025_1"})
    void what_is_written_past_the_owner_is_refused_by_the_table_and_by_each_partition(String table)
            throws SQLException {
        RingshardConfig config = founded(EVENTS);
        try (Ringshard shop = Ringshard.open(config)) {
            shop.addShard(shard(EVENTS));
            String gone = Objects.requireNonNull(databases.get(1).text("SELECT min(tenant_id) FROM " + table));
            databases.get(0).execute("ALTER TABLE events DROP CONSTRAINT events_tenant_id_fkey");
            assertThatThrownBy(() -> databases
                            .get(0)
                            .execute("INSERT INTO %s VALUES ('%s', 0, '%s')"
                                    .formatted(table, gone, table.equals("events_2024") ? "2024-05-05" : "2025-05-05")))
                    .hasMessageContaining("does not own token");
        }
    }

    @Test
    void a_fence_that_was_disabled_on_one_partition_is_named_and_mended_by_init() throws SQLException {
        RingshardConfig config = founded(EVENTS);
        ShardConfig second = shard(EVENTS);
        databases.get(0).execute("ALTER TABLE events_2025_0 DISABLE TRIGGER ringshard_fence");
        try (Ringshard shop = Ringshard.open(config)) {
            assertThatThrownBy(() -> shop.addShard(second))
                    .isInstanceOf(ForeignShardException.class)
                    .hasMessageContaining("events");

            databases.get(0).execute("ALTER TABLE events_2025_0 ENABLE TRIGGER ringshard_fence");
            assertThat(shop.addShard(second).movedRows()).isPositive();
        }
    }

    @Test
    void a_partition_that_comes_later_is_fenced_and_moves() throws SQLException {
        RingshardConfig config = founded(EVENTS);
        ShardConfig second = shard(EVENTS);
        for (TestDatabase database : databases) {
            database.execute(
                    "CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')");
        }
        databases.get(0).execute("INSERT INTO events SELECT id, 1, '2026-02-02', 'late' FROM tenants");
        String before = together();
        try (Ringshard shop = Ringshard.open(config)) {
            shop.addShard(second);
            assertThat(databases.get(1).number("SELECT count(*) FROM events_2026"))
                    .isPositive();
            assertThat(together()).isEqualTo(before);
        }
    }

    @Test
    void partitions_that_one_shard_lacks_are_named_before_anything_moves() throws SQLException {
        RingshardConfig config = founded(EVENTS);
        ShardConfig second = shard(EVENTS);
        databases
                .get(0)
                .execute(
                        "CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')");
        try (Ringshard shop = Ringshard.open(config)) {
            assertThatThrownBy(() -> shop.addShard(second))
                    .isInstanceOf(ForeignShardException.class)
                    .hasMessageContaining(
                            "of events, a partition FOR VALUES FROM ('2026-01-01') TO ('2027-01-01') is there on eu-1")
                    .hasMessageContaining("Nothing was moved");
        }
    }

    @Test
    void a_partition_by_itself_is_not_declared_and_its_table_is_named() throws SQLException {
        shard(EVENTS);
        RingshardConfig config = RingshardConfig.builder("shop")
                .bank(BankConfig.OFF)
                .shard(TestCluster.shard("eu-1", databases.get(0)))
                .table(ShardedTable.byKey("tenants", "id"))
                .table(ShardedTable.byKey("events_2024", "tenant_id"))
                .build();
        assertThatThrownBy(() -> Ringshard.init(config))
                .isInstanceOf(ForeignShardException.class)
                .hasMessageContaining("events_2024 is a partition: name events, of which it is a part");
    }

    @Test
    void leave_takes_off_what_init_has_put_on_the_table_and_its_partitions() throws SQLException {
        RingshardConfig config = RingshardConfig.builder("shop")
                .bank(BankConfig.OFF)
                .shard(shard(EVENTS))
                .table(ShardedTable.byKey("tenants", "id"))
                .table(ShardedTable.byKey("events", "tenant_id"))
                .build();
        List<String> before = Definitions.of(databases.get(0));

        Ringshard.init(config);
        assertThat(Definitions.of(databases.get(0))).hasSizeGreaterThan(before.size());
        LeaveOutcome left = Ringshard.leave(config, told -> {});

        assertThat(left.kept()).isEmpty();
        assertThat(Definitions.of(databases.get(0))).isEqualTo(before);
    }

    /** Tenants with events of both years, and visits, which have no primary key. */
    private RingshardConfig founded(String tables) throws SQLException {
        databases.addAll(TestCluster.foundedDatabases(
                List.of(List.of(tables, """
                INSERT INTO tenants SELECT 't-' || i FROM generate_series(1, 60) i;
                INSERT INTO events SELECT 't-' || 1 + i % 60, i, DATE '2024-01-01' + i % 700, 'old' FROM generate_series(1, 900) i;
                INSERT INTO visits SELECT 't-' || 1 + i % 60, md5(i::text) || i % 2 FROM generate_series(1, 300) i""")),
                List.of(DatabaseKind.POSTGRESQL),
                PartitionedTablesPostgresTest::config));
        return config(databases);
    }

    private static RingshardConfig config(List<TestDatabase> databases) {
        return RingshardConfig.builder("shop")
                .bank(BankConfig.OFF)
                .shards(TestCluster.shards(databases))
                .table(ShardedTable.byKey("tenants", "id"))
                .table(ShardedTable.byKey("events", "tenant_id"))
                .table(ShardedTable.byKey("visits", "tenant_id"))
                .build();
    }

    private ShardConfig shard(String tables) throws SQLException {
        TestDatabase database = TestCluster.database(DatabaseKind.POSTGRESQL);
        databases.add(database);
        database.execute(tables);
        return TestCluster.shard("eu-" + databases.size(), database);
    }

    private String together() throws SQLException {
        List<String> lines = new ArrayList<>();
        for (TestDatabase database : databases) {
            String text = database.text(ALL);
            if (text != null) {
                lines.addAll(List.of(text.split("\n")));
            }
        }
        return String.join("\n", lines.stream().sorted().toList());
    }

    private interface Change {
        void run() throws SQLException;
    }

    private static Consumer<RebalanceProgress> once(Change change) {
        boolean[] isDone = new boolean[1];
        return progress -> {
            if (!isDone[0]) {
                isDone[0] = true;
                try {
                    change.run();
                } catch (SQLException failed) {
                    throw new IllegalStateException(failed);
                }
            }
        };
    }
}
