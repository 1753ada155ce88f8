package dev.ringshard.rebalance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.ringshard.Ringshard;
import dev.ringshard.config.BankConfig;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.config.ShardedTable;
import dev.ringshard.failure.CorruptionException;
import dev.ringshard.failure.ForeignShardException;
import dev.ringshard.testing.TestCluster;
import dev.ringshard.testing.TestDatabase;
import dev.ringshard.verify.UnfencedTable;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/**
 * Rows that move arrive as they were, and nothing else is touched: by foreign keys that cascade, by triggers, by a mover that
 * knows too little, or by one that believes a shard which was set back in time. The test's user is a superuser; what a mover
 * does that may not pass triggers is shown for the plan alone.
 */
class MovesTouchNothingElsePostgresTest {
    private static final int TENANTS = 40;

    private static final List<String> TABLES =
            List.of("CREATE TABLE tenants (id text PRIMARY KEY)", """
            CREATE TABLE orders (tenant_id text NOT NULL, number int NOT NULL, referrer text REFERENCES tenants ON DELETE CASCADE,
                updated_at timestamp DEFAULT '2020-01-01', PRIMARY KEY (tenant_id, number))""", "CREATE TABLE audit (what text)");

    private final List<TestDatabase> databases = new ArrayList<>();
    private RingshardConfig config;

    @BeforeEach
    void a_shop_on_one_shard() throws SQLException {
        databases.addAll(TestCluster.foundedDatabases(
                List.of(TABLES), List.of(DatabaseKind.POSTGRESQL), fresh -> config(TestCluster.shards(fresh))));
        config = config(TestCluster.shards(databases));
        sql(0, "INSERT INTO tenants SELECT 't-' || i FROM generate_series(1, " + TENANTS + ") i");
        sql(0, "INSERT INTO orders (tenant_id, number, referrer) SELECT id, 1, id FROM tenants");
    }

    private static RingshardConfig config(List<ShardConfig> shards, ShardedTable... more) {
        RingshardConfig.Builder config = RingshardConfig.builder("shop")
                .bank(BankConfig.OFF)
                .shards(shards)
                .table(ShardedTable.byKey("tenants", "id"))
                .table(ShardedTable.byKey("orders", "tenant_id"));
        for (ShardedTable table : more) {
            config.table(table);
        }
        return config.build();
    }

    private ShardConfig shard(String name) throws SQLException {
        TestDatabase database = TestCluster.database(DatabaseKind.POSTGRESQL);
        databases.add(database);
        database.executeAll(TABLES);
        return TestCluster.shard(name, database);
    }

    @Test
    void rows_that_refer_to_rows_of_another_key_are_named_before_anything_moves() throws SQLException {
        ShardConfig second = shard("eu-2");
        referToOthers();
        try (Ringshard shop = Ringshard.open(config)) {
            assertThatThrownBy(() -> shop.addShard(second))
                    .isInstanceOf(ForeignShardException.class)
                    .hasMessageContaining(
                            "rows of orders refer by orders_referrer_fkey to rows of tenants with another key")
                    .hasMessageContaining("Nothing was moved");
        }
        assertThat(number(1, "SELECT count(*) FROM orders")).isZero();
    }

    /** Written while rows move: after the look that would have found them. */
    @Test
    void the_purge_deletes_no_row_of_a_key_that_stays_through_a_foreign_key_that_cascades() throws SQLException {
        ShardConfig second = shard("eu-2");
        AtomicBoolean isWritten = new AtomicBoolean();
        try (Ringshard shop = Ringshard.open(config)) {
            RebalanceReport report = shop.addShard(second, progress -> {
                if (!isWritten.getAndSet(true)) {
                    referToOthers();
                }
            });

            assertThat(report.movedRows()).isPositive();
        }
        assertThat(number(0, "SELECT count(*) FROM tenants") + number(1, "SELECT count(*) FROM tenants"))
                .isEqualTo(TENANTS);
        assertThat(number(0, "SELECT count(*) FROM orders") + number(1, "SELECT count(*) FROM orders"))
                .isEqualTo(TENANTS
                        + number(0, "SELECT count(*) FROM orders WHERE number = 2")
                        + number(1, "SELECT count(*) FROM orders WHERE number = 2"));
        assertThat(number(0, "SELECT count(*) FROM written"))
                .isEqualTo(number(0, "SELECT count(*) FROM orders WHERE number = 2")
                        + number(1, "SELECT count(*) FROM orders WHERE number = 2"));
    }

    /** An order of each tenant that the first shard owns, which refers to another tenant that it owns. */
    private void referToOthers() {
        try {
            sql(0, """
                    CREATE TABLE written AS SELECT id, lead(id) OVER (ORDER BY id) AS other FROM tenants
                        WHERE EXISTS (SELECT FROM ringshard.owned_range
                                      WHERE ringshard.token(id) BETWEEN first_token AND last_token);
                    DELETE FROM written WHERE other IS NULL;
                    INSERT INTO orders (tenant_id, number, referrer) SELECT id, 2, other FROM written""");
        } catch (SQLException failed) {
            throw new IllegalStateException(failed);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"touch", "ringshard_fence_b"})
    void triggers_of_the_application_do_not_fire_for_rows_that_move(String name) throws SQLException {
        ShardConfig second = shard("eu-2");
        for (int i = 0; i < 2; i++) {
            sql(i, """
                    CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$
                    BEGIN NEW.updated_at := now(); RETURN NEW; END $$;
                    CREATE TRIGGER %s BEFORE INSERT OR UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch();
                    CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$
                    BEGIN INSERT INTO audit VALUES (TG_OP); RETURN NULL; END $$;
                    CREATE TRIGGER note AFTER INSERT OR DELETE ON orders FOR EACH ROW EXECUTE FUNCTION note()""".formatted(name));
        }
        try (Ringshard shop = Ringshard.open(config)) {
            assertThatThrownBy(() -> shop.addShard(second))
                    .isInstanceOf(ForeignShardException.class)
                    .hasMessageContaining("a trigger that comes after its fence")
                    .hasMessageContaining("Run init");
            Ringshard.init(config);
            shop.addShard(second);
        }
        assertThat(number(1, "SELECT count(*) FROM orders")).isPositive();
        assertThat(number(1, "SELECT count(*) FROM orders WHERE updated_at <> '2020-01-01'"))
                .isZero();
        assertThat(number(0, "SELECT count(*) FROM audit") + number(1, "SELECT count(*) FROM audit"))
                .isZero();
    }

    @Test
    void a_trigger_that_fires_for_replicas_too_is_named_before_anything_moves() throws SQLException {
        ShardConfig second = shard("eu-2");
        sql(0, """
                CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
                CREATE TRIGGER note AFTER INSERT OR DELETE ON orders FOR EACH ROW EXECUTE FUNCTION note();
                ALTER TABLE orders ENABLE ALWAYS TRIGGER note""");
        try (Ringshard shop = Ringshard.open(config)) {
            assertThatThrownBy(() -> shop.addShard(second))
                    .isInstanceOf(ForeignShardException.class)
                    .hasMessageContaining("orders has trigger note, which would act on rows that move")
                    .hasMessageContaining("Nothing was moved");
        }
    }

    /** Their numbers differ between two databases: the binary form of an array or a composite holds them. */
    @Test
    void arrays_of_the_applications_own_types_arrive_as_they_were() throws SQLException {
        ShardConfig second = shard("eu-2");
        sql(1, "CREATE TYPE other AS ENUM ('x')"); // so that the next one has another number
        for (int i = 0; i < 2; i++) {
            sql(i, """
                    CREATE TYPE mood AS ENUM ('fine', 'so, so');
                    CREATE TYPE place AS (name text, mood mood);
                    CREATE DOMAIN short AS text CHECK (length(VALUE) < 9);
                    CREATE TYPE spans AS RANGE (subtype = numeric);
                    CREATE TABLE lives (tenant_id text NOT NULL, moods mood[], home place, homes place[], shorts short[],
                        span spans, mood mood, born timestamptz, took interval, weight double precision, bytes bytea)""");
        }
        RingshardConfig withLives = config(config.shards(), ShardedTable.byKey("lives", "tenant_id"));
        Ringshard.init(withLives);
        sql(0, """
                INSERT INTO lives SELECT id, ARRAY['fine', 'so, so', NULL]::mood[], CAST('("a, b",fine)' AS place),
                    ARRAY[CAST('(\\\\N,)' AS place)], ARRAY['x\ty', '']::short[], CAST('[1.5,2)' AS spans), CAST('so, so' AS mood),
                    CAST('2024-03-31 01:30+05' AS timestamptz), CAST('-1 mon 2 days' AS interval), 'NaN',
                    CAST('\\x00ff' AS bytea) FROM tenants;
                INSERT INTO lives (tenant_id) SELECT id FROM tenants""");
        String all =
                "SELECT count(*) || ' ' || coalesce(md5(string_agg(CAST(lives AS text), ';' ORDER BY CAST(lives AS text))), '')"
                        + " FROM lives WHERE tenant_id = '%s'";
        String tenant;
        String before = text(0, "SELECT string_agg(CAST(lives AS text), ';' ORDER BY CAST(lives AS text)) FROM lives");
        try (Ringshard shop = Ringshard.open(withLives)) {
            shop.addShard(second);
            tenant = text(1, "SELECT min(id) FROM tenants");
            assertThat(text(1, all.formatted(tenant))).startsWith("2 ");
            shop.removeShard("eu-2");
        }
        assertThat(text(0, "SELECT string_agg(CAST(lives AS text), ';' ORDER BY CAST(lives AS text)) FROM lives"))
                .isEqualTo(before);
    }

    @Test
    void types_that_are_alike_by_name_only_are_told_before_anything_moves() throws SQLException {
        ShardConfig second = shard("eu-2");
        sql(0, "CREATE TYPE mood AS ENUM ('fine', 'bad'); ALTER TABLE orders ADD COLUMN mood mood");
        sql(1, "CREATE TYPE mood AS ENUM ('fine'); ALTER TABLE orders ADD COLUMN mood mood");
        try (Ringshard shop = Ringshard.open(config)) {
            assertThatThrownBy(() -> shop.addShard(second))
                    .isInstanceOf(ForeignShardException.class)
                    .hasMessageContaining("the type mood fine, bad is there on eu-1")
                    .hasMessageContaining("Nothing was moved");
        }
    }

    @Test
    void numbers_that_mean_something_in_one_database_only_are_refused() throws SQLException {
        sql(0, "CREATE DOMAIN letter AS oid; ALTER TABLE orders ADD COLUMN letters letter[], ADD COLUMN kind regclass");
        assertThatThrownBy(() -> Ringshard.init(config))
                .isInstanceOf(ForeignShardException.class)
                .hasMessageContaining("has a column letters with values of type oid")
                .hasMessageContaining("has a column kind with values of type regclass");
    }

    @Test
    void a_table_that_is_not_there_is_told_by_all_that_look() {
        RingshardConfig wrong = RingshardConfig.builder("shop")
                .bank(BankConfig.OFF)
                .shards(config.shards())
                .table(ShardedTable.byKey("tenants", "id"))
                .table(ShardedTable.byKey("orders", "tenant"))
                .table(ShardedTable.byKey("linez", "tenant_id"))
                .build();
        assertThat(Ringshard.check(wrong).problem().orElse("none"))
                .contains("The tables of shard eu-1 are not as they are configured", "linez is not there");
        try (Ringshard shop = Ringshard.open(wrong)) {
            assertThat(shop.status().problem().orElse("none")).contains("orders has no column tenant", "then run init");
            assertThat(shop.status().isSettled()).isFalse();
            assertThatThrownBy(() -> shop.rebalancer().plan())
                    .isInstanceOf(ForeignShardException.class)
                    .hasMessageContaining("linez is not there");
            assertThatThrownBy(shop::verify)
                    .isInstanceOf(ForeignShardException.class)
                    .hasMessageContaining("linez is not there");
        }
    }

    @Test
    void the_next_number_of_an_identity_column_does_not_meet_one_that_moved() throws SQLException {
        ShardConfig second = shard("eu-2");
        for (int i = 0; i < 2; i++) {
            sql(i, """
                    CREATE TABLE notes (number int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, serial bigserial,
                                        tenant_id text NOT NULL)""");
        }
        RingshardConfig withNotes = config(config.shards(), ShardedTable.byKey("notes", "tenant_id"));
        Ringshard.init(withNotes);
        sql(0, "INSERT INTO notes (tenant_id) SELECT id FROM tenants, generate_series(1, 20)");
        try (Ringshard shop = Ringshard.open(withNotes)) {
            shop.addShard(second);
        }
        String tenant = text(1, "SELECT min(id) FROM tenants");
        long most = number(1, "SELECT greatest(max(number), max(serial)) FROM notes");
        sql(1, "INSERT INTO notes (tenant_id) VALUES ('" + tenant + "')");
        assertThat(number(1, "SELECT least(max(number), max(serial)) FROM notes"))
                .isGreaterThan(most);
    }

    /** More rows than a purge deletes at a time: those that are referred to may come first. */
    @Test
    void a_table_that_refers_to_itself_moves_whole() throws SQLException {
        ShardConfig second = shard("eu-2");
        for (int i = 0; i < 2; i++) {
            sql(i, """
                    CREATE TABLE places (tenant_id text NOT NULL, number int, inside int, PRIMARY KEY (tenant_id, number),
                                         FOREIGN KEY (tenant_id, inside) REFERENCES places)""");
        }
        RingshardConfig withPlaces = config(config.shards(), ShardedTable.byKey("places", "tenant_id"));
        Ringshard.init(withPlaces);
        sql(0, "INSERT INTO places SELECT id, i, nullif(i - 1, 0) FROM tenants, generate_series(1, 2100) i");
        try (Ringshard shop = Ringshard.open(withPlaces)) {
            shop.addShard(second);
        }
        assertThat(number(1, "SELECT count(*) FROM places"))
                .isEqualTo(2100 * number(1, "SELECT count(*) FROM tenants"))
                .isPositive();
        assertThat(number(0, "SELECT count(*) FROM places"))
                .isEqualTo(2100 * number(0, "SELECT count(*) FROM tenants"));
    }

    @Test
    void a_trigger_that_comes_after_the_fence_cannot_give_a_row_a_key_of_another_shard() throws SQLException {
        ShardConfig second = shard("eu-2");
        try (Ringshard shop = Ringshard.open(config)) {
            shop.addShard(second);
            String foreign = text(1, "SELECT min(id) FROM tenants");
            sql(0, """
                    CREATE FUNCTION sell() RETURNS trigger LANGUAGE plpgsql AS $$
                    BEGIN NEW.tenant_id := '%s'; RETURN NEW; END $$;
                    CREATE TRIGGER sell BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION sell()""".formatted(foreign));
            Ringshard.init(config.withShard(second));
            String own = text(0, "SELECT min(id) FROM tenants");
            assertThatThrownBy(() -> sql(0, "INSERT INTO orders (tenant_id, number) VALUES ('" + own + "', 9)"))
                    .isInstanceOfSatisfying(SQLException.class, refused -> assertThat(refused.getSQLState())
                            .isEqualTo("RS001"));
        }
    }

    @Test
    void a_table_whose_fence_is_disabled_is_found_before_anything_moves() throws SQLException {
        ShardConfig second = shard("eu-2");
        sql(0, "ALTER TABLE orders DISABLE TRIGGER ringshard_fence");
        Logger admissions = (Logger) LoggerFactory.getLogger("dev.ringshard.internal.routes.Admission");
        ListAppender<ILoggingEvent> told = new ListAppender<>();
        told.start();
        admissions.addAppender(told);
        try (Ringshard shop = Ringshard.open(config)) {
            admissions.detachAppender(told);
            assertThat(told.list)
                    .extracting(ILoggingEvent::getFormattedMessage)
                    .anyMatch(line -> line.startsWith("The fence is not at work on public.orders of shard eu-1"));
            assertThatThrownBy(() -> shop.addShard(second))
                    .isInstanceOf(ForeignShardException.class)
                    .hasMessageContaining("orders is not fenced, its fence is disabled")
                    .hasMessageContaining("Nothing was moved");
            assertThat(shop.verify().unfenced().examples()).containsExactly(new UnfencedTable("eu-1", "orders"));
            assertThat(shop.verify().isSound()).isFalse();
        }
        assertThat(number(1, "SELECT count(*) FROM orders")).isZero();
    }

    @Test
    void a_fence_that_is_disabled_while_rows_move_stops_the_mover_at_its_next_chunk() throws SQLException {
        ShardConfig second = shard("eu-2");
        AtomicBoolean isDisabled = new AtomicBoolean();
        try (Ringshard shop = Ringshard.open(config)) {
            assertThatThrownBy(() -> shop.addShard(second, progress -> {
                        if (!isDisabled.getAndSet(true)) {
                            disableFence();
                        }
                    }))
                    .isInstanceOf(ForeignShardException.class)
                    .hasMessageContaining("The fence is not at work on orders of shard eu-1")
                    .hasMessageContaining("Run init");
            Ringshard.init(config);
        }
        try (Ringshard shop = Ringshard.open(config.withShard(second))) {
            shop.rebalancer().run(shop.rebalancer().plan(), progress -> {});
            assertThat(shop.verify().isSound()).isTrue();
        }
        assertThat(number(1, "SELECT count(*) FROM orders")).isPositive();
    }

    private void disableFence() {
        try {
            sql(0, "ALTER TABLE orders DISABLE TRIGGER ringshard_fence");
        } catch (SQLException failed) {
            throw new IllegalStateException(failed);
        }
    }

    @Test
    void a_mover_that_does_not_know_a_table_that_a_release_has_fenced_moves_and_purges_nothing() throws SQLException {
        ShardConfig second = shard("eu-2");
        for (int i = 0; i < 2; i++) {
            sql(i, "CREATE TABLE visits (tenant_id text NOT NULL, number int)");
        }
        RingshardConfig newer = config(config.shards(), ShardedTable.byKey("visits", "tenant_id"));
        Ringshard.init(newer);
        sql(0, "INSERT INTO visits SELECT id, 1 FROM tenants");
        try (Ringshard older = Ringshard.open(config)) {
            assertThatThrownBy(() -> older.addShard(second))
                    .isInstanceOf(ForeignShardException.class)
                    .hasMessageContaining("visits");
        }
        assertThat(number(0, "SELECT count(*) FROM orders")).isEqualTo(TENANTS);
        try (Ringshard knows = Ringshard.open(newer)) {
            knows.addShard(second);
            assertThat(number(0, "SELECT count(*) FROM visits") + number(1, "SELECT count(*) FROM visits"))
                    .isEqualTo(TENANTS);
            assertThat(number(1, "SELECT count(*) FROM visits"))
                    .isEqualTo(number(1, "SELECT count(*) FROM tenants"))
                    .isPositive();
        }
    }

    @Test
    void rows_that_left_stay_hidden_on_their_old_shard_for_as_long_as_is_configured() throws SQLException {
        ShardConfig second = shard("eu-2");
        try (Ringshard shop = Ringshard.open(config(config.shards(), Duration.ofHours(1)))) {
            shop.addShard(second);
            assertThat(shop.recover().remaining()).isPositive();
            assertThat(shop.verify().isSound()).isTrue();
            assertThat(number(0, "SELECT count(*) FROM orders")).isEqualTo(TENANTS);
            assertThat(number(1, "SELECT count(*) FROM orders")).isPositive();
        }
        sql(0, "UPDATE ringshard.departed_range SET departed_at = departed_at - interval '1 hour'");
        try (Ringshard shop = Ringshard.open(config(config.withShard(second).shards(), Duration.ofHours(1)))) {
            assertThat(shop.recover().remaining()).isZero();
        }
        assertThat(number(0, "SELECT count(*) FROM orders") + number(1, "SELECT count(*) FROM orders"))
                .isEqualTo(TENANTS);
    }

    private static RingshardConfig config(List<ShardConfig> shards, Duration purgeAfter) {
        return RingshardConfig.builder("shop")
                .bank(BankConfig.OFF)
                .shards(shards)
                .table(ShardedTable.byKey("tenants", "id"))
                .table(ShardedTable.byKey("orders", "tenant_id"))
                .purgeAfter(purgeAfter)
                .build();
    }

    /** As if the target had been restored from a backup of before the handover. */
    @Test
    void a_handover_that_its_target_knows_nothing_of_is_not_forgotten_and_its_rows_are_not_purged()
            throws SQLException {
        ShardConfig second = shard("eu-2");
        try (Ringshard shop = Ringshard.open(config)) {
            shop.addShard(second);
        }
        long rows = number(0, "SELECT count(*) FROM tenants");
        sql(0, """
                SET ringshard.mover = 'on';
                WITH gone AS (DELETE FROM ringshard.owned_range
                              WHERE first_token = (SELECT min(first_token) FROM ringshard.owned_range)
                              RETURNING first_token, last_token, epoch)
                , left_behind AS (INSERT INTO ringshard.departed_range (first_token, last_token, epoch, target)
                    SELECT first_token, last_token, epoch, 'eu-2' FROM gone)
                INSERT INTO ringshard.handover (first_token, last_token, epoch, target, row_count, digest)
                SELECT first_token, last_token, epoch, 'eu-2', 0, 'none' FROM gone""");
        try (Ringshard shop = Ringshard.open(config.withShard(second))) {
            assertThatThrownBy(shop::recover)
                    .isInstanceOf(CorruptionException.class)
                    .hasMessageContaining("Shard eu-2 knows nothing of a range")
                    .hasMessageContaining("set back in time");
            assertThatThrownBy(shop::recover).isInstanceOf(CorruptionException.class);
        }
        assertThat(number(0, "SELECT count(*) FROM ringshard.handover")).isEqualTo(1);
        assertThat(number(0, "SELECT count(*) FROM tenants")).isEqualTo(rows);
    }

    private void sql(int database, String statements) throws SQLException {
        databases.get(database).execute(statements);
    }

    private long number(int database, String query) throws SQLException {
        return databases.get(database).number(query);
    }

    private String text(int database, String query) throws SQLException {
        return String.valueOf(databases.get(database).text(query));
    }
}
