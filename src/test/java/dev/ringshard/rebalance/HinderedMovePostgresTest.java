package dev.ringshard.rebalance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.Ringshard;
import dev.ringshard.config.BankConfig;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.config.ShardedTable;
import dev.ringshard.failure.SqlFailedException;
import dev.ringshard.testing.Commands;
import dev.ringshard.testing.TestCluster;
import dev.ringshard.testing.TestDatabase;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A rebalance that a shard hinders says which shard, which table, and what to do; once that is done, it is run again and ends.
 * Where this process may mount a small disk, one really runs full.
 */
@Tag("ci")
class HinderedMovePostgresTest {
    private static final int TENANTS = 40;

    private final List<TestDatabase> databases = new ArrayList<>();
    private RingshardConfig config;

    @BeforeEach
    void a_shop_on_one_shard() throws SQLException {
        config = RingshardConfig.builder("shop")
                .bank(BankConfig.OFF)
                .shard(shard("eu-1"))
                .table(ShardedTable.byKey("tenants", "id"))
                .table(ShardedTable.byKey("files", "tenant_id"))
                .build();
        Ringshard.init(config);
        sql(0, "INSERT INTO tenants SELECT 't-' || i FROM generate_series(1, " + TENANTS + ") i");
        sql(0, "INSERT INTO files SELECT id, 1, repeat(md5(id), 100)::bytea FROM tenants");
    }

    /** A condition on a column, which is there on both, and finds no room on one of them. */
    private ShardConfig shard(String name) throws SQLException {
        TestDatabase database = TestCluster.database(DatabaseKind.POSTGRESQL);
        databases.add(database);
        sql(databases.size() - 1, """
                CREATE TABLE tenants (id text PRIMARY KEY);
                CREATE FUNCTION has_room(number int) RETURNS boolean LANGUAGE sql AS 'SELECT true';
                CREATE TABLE files (tenant_id text NOT NULL, number int NOT NULL CHECK (has_room(number)), content bytea,
                    PRIMARY KEY (tenant_id, number));
                ALTER TABLE files ALTER COLUMN content SET STORAGE EXTERNAL""");
        return TestCluster.shard(name, database);
    }

    @ParameterizedTest
    @CsvSource({
        "53100, Make room on the disk of its server",
        "53200, Give its server more memory",
        "53300, Let its server take more connections",
        "54000, That is more than its database can do"
    })
    void what_the_server_lacks_is_named_with_shard_and_table(String state, String remedy) throws SQLException {
        ShardConfig second = shard("eu-2");
        sql(1, """
                CREATE OR REPLACE FUNCTION has_room(number int) RETURNS boolean LANGUAGE plpgsql AS $$
                BEGIN RAISE EXCEPTION 'no more' USING ERRCODE = '%s'; END $$""".formatted(state));
        try (Ringshard shop = Ringshard.open(config)) {
            assertThatThrownBy(() -> shop.addShard(second))
                    .isInstanceOf(SqlFailedException.class)
                    .hasMessageContaining("Shard eu-2 refused a statement of Ringshard's own (SQLSTATE " + state + ")")
                    .hasMessageContaining("table files")
                    .hasMessageContaining(remedy)
                    .hasMessageNotContaining("Correct the statement");

            sql(1, "CREATE OR REPLACE FUNCTION has_room(number int) RETURNS boolean LANGUAGE sql AS 'SELECT true'");

            assertThat(shop.addShard(second).movedRows()).isPositive();
            assertComplete(shop);
        }
    }

    @Test
    void a_disk_that_runs_full_is_named_and_the_rebalance_ends_once_there_is_room(@TempDir Path directory)
            throws Exception {
        boolean isMounted =
                Commands.succeed("mount", "-t", "tmpfs", "-o", "size=4m,mode=0700", "tmpfs", directory.toString());
        try {
            ShardConfig second = shard("eu-2");
            sql(
                    0,
                    "INSERT INTO files SELECT id, n, repeat(md5(id), 4000)::bytea FROM tenants, generate_series(2, 9) n");
            if (isMounted) {
                sql(1, "CREATE TABLESPACE small LOCATION '%s'".formatted(directory));
                sql(1, "ALTER TABLE files SET TABLESPACE small");
            } else {
                sql(1, """
                        CREATE OR REPLACE FUNCTION has_room(number int) RETURNS boolean LANGUAGE plpgsql AS $$
                        BEGIN RAISE EXCEPTION 'no room' USING ERRCODE = '53100'; END $$""");
            }
            try (Ringshard shop = Ringshard.open(config)) {
                assertThatThrownBy(() -> shop.addShard(second))
                        .isInstanceOf(SqlFailedException.class)
                        .hasMessageContaining("Shard eu-2 refused a statement of Ringshard's own (SQLSTATE 53100)")
                        .hasMessageContaining("table files")
                        .hasMessageContaining("Make room on the disk of its server, then do the same again.");
                assertComplete(shop);

                if (isMounted) {
                    assertThat(Commands.succeed("mount", "-o", "remount,size=400m", directory.toString()))
                            .isTrue();
                } else {
                    sql(
                            1,
                            "CREATE OR REPLACE FUNCTION has_room(number int) RETURNS boolean LANGUAGE sql AS 'SELECT true'");
                }

                assertThat(shop.addShard(second).movedRows()).isPositive();
                assertComplete(shop);
            }
            sql(1, "ALTER TABLE files SET TABLESPACE pg_default");
            if (isMounted) {
                sql(1, "DROP TABLESPACE small");
            }
        } finally {
            if (isMounted) {
                assertThat(Commands.succeed("umount", "--lazy", directory.toString()))
                        .isTrue();
            }
        }
    }

    @Test
    void a_column_that_is_added_on_all_shards_meanwhile_moves_with_the_rest() throws SQLException {
        ShardConfig second = shard("eu-2");
        try (Ringshard shop = Ringshard.open(config)) {
            RebalanceReport report = shop.addShard(second, once(() -> {
                for (int i = 0; i < 2; i++) {
                    sql(i, "ALTER TABLE files ADD COLUMN name text DEFAULT 'none'");
                }
            }));

            assertThat(report.movedRows()).isPositive();
            assertComplete(shop);
        }
    }

    @Test
    void a_table_that_is_dropped_meanwhile_is_named_and_the_rebalance_ends_once_it_is_there() throws SQLException {
        ShardConfig second = shard("eu-2");
        try (Ringshard shop = Ringshard.open(config)) {
            assertThatThrownBy(() -> shop.addShard(second, once(() -> sql(0, "ALTER TABLE files RENAME TO gone"))))
                    .isInstanceOf(SqlFailedException.class)
                    .hasMessageContaining("Shard eu-1 refused a statement of Ringshard's own (SQLSTATE 42P01)")
                    .hasMessageContaining("relation \"files\" does not exist")
                    .hasMessageContaining("nothing was written");

            sql(0, "ALTER TABLE gone RENAME TO files");

            assertThat(shop.addShard(second).movedRows()).isPositive();
            assertComplete(shop);
        }
    }

    /** Planned by the database, copied as one message. Of a process with too little memory for it nothing is shown. */
    @Test
    void a_row_of_200_mb_moves() throws SQLException {
        sql(0, "INSERT INTO files SELECT 't-1', 2, repeat(md5('x'), 6553600)::bytea");
        try (Ringshard shop = Ringshard.open(config)) {
            shop.addShard(shard("eu-2"));
            shop.removeShard("eu-1");
        }
        assertThat(text(1, "SELECT md5(content) FROM files WHERE number = 2"))
                .isEqualTo(text(1, "SELECT md5(repeat(md5('x'), 6553600))"));
    }

    private interface Change {
        void run() throws SQLException;
    }

    private static Consumer<RebalanceProgress> once(Change change) {
        AtomicBoolean isDone = new AtomicBoolean();
        return progress -> {
            if (!isDone.getAndSet(true)) {
                try {
                    change.run();
                } catch (SQLException failed) {
                    throw new IllegalStateException(failed);
                }
            }
        };
    }

    private void assertComplete(Ringshard shop) {
        assertThat(shop.verify().isSound()).isTrue();
        assertThat(shop.verify().extent().owned()).containsEntry("tenants", (long) TENANTS);
    }

    private void sql(int shard, String sql) throws SQLException {
        databases.get(shard).execute(sql);
    }

    private String text(int shard, String query) throws SQLException {
        return String.valueOf(databases.get(shard).text(query));
    }
}
