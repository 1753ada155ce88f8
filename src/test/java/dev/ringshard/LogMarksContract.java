package dev.ringshard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.failure.CorruptionException;
import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.failure.ShardUnavailableException;
import dev.ringshard.status.RecoveryProgress;
import dev.ringshard.testing.TestCluster;
import dev.ringshard.testing.TestDatabase;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A shard that was set back in such a way that nothing else tells it, as by files that were put back and whose log has grown past all
 * that was seen of it: it lacks the marks that were written since. Here they are deleted.
 */
abstract class LogMarksContract {
    private final RingshardConfig config = TestCluster.founded(kind(), 3);
    private final TestDatabase setBack = TestDatabase.of(config.shards().get(1));

    abstract DatabaseKind kind();

    /** A database that nobody answers for, of the same kind. */
    abstract TestDatabase unreachable();

    @BeforeEach
    void set_back() throws SQLException {
        try (Ringshard ringshard = Ringshard.open(config)) {
            ringshard.recover();
            ringshard.recover();
        }
        forgetMarks();
    }

    private void forgetMarks() throws SQLException {
        setBack.execute("DELETE FROM ringshard.log_mark");
    }

    @Test
    void it_is_named_and_nothing_moves_until_somebody_has_decided_to_take_it_as_it_is() {
        try (Ringshard ringshard = Ringshard.open(config)) {
            assertThat(ringshard.status().problem().orElse("none"))
                    .contains(
                            "Shard eu-2 was set back in time",
                            "it lacks a mark that eu-1 has on record",
                            "recover --restored eu-2");
            assertThat(ringshard.verify().isSound()).isFalse();
            assertThatThrownBy(() -> ringshard.rebalancer().plan())
                    .isInstanceOf(CorruptionException.class)
                    .hasMessageContaining("it lacks a mark that eu-3 has on record");

            ringshard.recover(Set.of("eu-2"), RecoveryProgress.NONE);
            assertThat(ringshard.status().problem()).isEmpty();
            assertThat(ringshard.verify().isSound()).isTrue();
            assertThatCode(() -> ringshard.rebalancer().plan()).doesNotThrowAnyException();
        }
    }

    /** Also not however often: what tells of the loss is not written over. */
    @Test
    void recover_changes_nothing_while_nobody_has_decided() {
        try (Ringshard ringshard = Ringshard.open(config)) {
            for (int i = 0; i < 70; i++) {
                assertThat(ringshard.recover().undecided()).containsExactly("eu-2");
            }
            assertThat(ringshard.recover(Set.of("eu-1"), RecoveryProgress.NONE).undecided())
                    .containsExactly("eu-2");
            assertThat(ringshard.status().problem().orElse("none")).contains("it lacks a mark that eu-1 has on record");
            assertThatThrownBy(() -> ringshard.recover(Set.of("eu-9"), RecoveryProgress.NONE))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("eu-9 is not configured");
        }
    }

    /** Who is away may have taken something from it, or given something to it, since. */
    @Test
    void it_is_not_served_while_another_shard_is_away() {
        try (Ringshard ringshard = Ringshard.open(config.withShard(TestCluster.shard("eu-1", unreachable())))) {
            assertThat(keysOn("eu-2")).isNotEmpty().allSatisfy(key -> assertThatThrownBy(() -> read(ringshard, key))
                    .isInstanceOf(ShardUnavailableException.class)
                    .hasMessageContaining("Shard eu-2 was set back in time: it lacks a mark")
                    .hasMessageContaining("shard eu-1 does not answer"));
            assertThat(keysOn("eu-3")).isNotEmpty().allSatisfy(key -> assertThatCode(() -> read(ringshard, key))
                    .doesNotThrowAnyException());
        }
    }

    @Test
    void it_is_served_where_all_others_answer_and_contradict_nothing() {
        try (Ringshard ringshard = Ringshard.open(config)) {
            assertThat(keysOn("eu-2")).isNotEmpty().allSatisfy(key -> assertThatCode(() -> read(ringshard, key))
                    .doesNotThrowAnyException());
        }
    }

    @Test
    void marks_do_not_grow_without_end() throws SQLException {
        try (Ringshard ringshard = Ringshard.open(config)) {
            ringshard.recover();
            for (int i = 0; i < 100; i++) {
                setBack.execute("INSERT INTO ringshard.log_mark (mark) VALUES (" + i + ")");
            }
            ringshard.recover();

            assertThat(setBack.number("SELECT count(*) FROM ringshard.log_mark"))
                    .isEqualTo(64L);
            assertThat(ringshard.status().problem()).isEmpty();
        }
    }

    /** As one that was left out of the configuration for long, or was away. */
    @Test
    void a_note_that_is_older_than_all_that_is_kept_accuses_nobody() throws SQLException {
        try (Ringshard ringshard = Ringshard.open(config)) {
            ringshard.recover();
            TestDatabase.of(config.shards().get(2))
                    .execute("CREATE TABLE kept AS SELECT * FROM ringshard.log_position");
            for (int i = 0; i < 100; i++) {
                setBack.execute("INSERT INTO ringshard.log_mark (mark) VALUES (" + i + ")");
            }
            ringshard.recover();
            TestDatabase.of(config.shards().get(2))
                    .execute(
                            "DELETE FROM ringshard.log_position; INSERT INTO ringshard.log_position SELECT * FROM kept");

            assertThat(ringshard.status().problem()).isEmpty();
            ringshard.recover();
            assertThat(ringshard.status().problem()).isEmpty();
        }
    }

    private List<String> keysOn(String shard) {
        try (Ringshard ringshard = Ringshard.open(config)) {
            return IntStream.range(0, 60)
                    .mapToObj(i -> "c-" + i)
                    .filter(key -> ringshard.router().locate(key).shard().equals(shard))
                    .limit(1)
                    .toList();
        }
    }

    private static void read(Ringshard ringshard, String key) {
        assertThat(ringshard.customers().find(key)).isEmpty();
    }
}
