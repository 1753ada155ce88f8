package dev.ringshard.internal.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.testing.TestCluster;
import dev.ringshard.testing.TestDatabase;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One snapshot for a whole transaction, which only reads, however the driver treats statements. */
class SnapshotPostgresTest {
    @ParameterizedTest
    @ValueSource(strings = {"never", "conservative", "always"})
    void a_snapshot_sees_nothing_that_comes_later_and_writes_nothing(String autosave) {
        TestDatabase database = TestCluster.database(DatabaseKind.POSTGRESQL);
        String url = database.url() + (database.url().contains("?") ? "&" : "?") + "autosave=" + autosave;
        ShardConfig config = TestCluster.shard("eu-1", new TestDatabase(url, database.user(), database.password()));
        try (Shards shards = Shards.open(List.of(config))) {
            Shard shard = shards.get("eu-1");
            shard.transaction(creating -> creating.dsl().execute("CREATE TABLE seen (number int)"));
            try (ShardTransaction snapshot = shard.beginSnapshot()) {
                assertThat(count(snapshot)).isZero();
                insert(shard);

                assertThat(count(snapshot)).isZero();
                assertThatThrownBy(() -> snapshot.run(writing -> writing.dsl().execute("INSERT INTO seen VALUES (2)")))
                        .hasStackTraceContaining("read-only transaction");
            }
            assertThat(shard.<Integer>transaction(SnapshotPostgresTest::count)).isEqualTo(1);
            insert(shard);
            assertThat(shard.<Integer>snapshot(SnapshotPostgresTest::count)).isEqualTo(2);
        }
    }

    private static void insert(Shard shard) {
        shard.transaction(writing -> writing.dsl().execute("INSERT INTO seen VALUES (1)"));
    }

    private static int count(ShardTransaction transaction) {
        return Objects.requireNonNull(transaction.run(counting ->
                counting.dsl().fetchSingle("SELECT count(*) FROM seen").get(0, Integer.class)));
    }
}
