package dev.ringshard.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.Ringshard;
import dev.ringshard.chaos.Outcome.Summed;
import dev.ringshard.chaos.ShardSetBack.Sleeper;
import dev.ringshard.failure.CorruptionException;
import dev.ringshard.failure.RingshardException;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A shard's server is set back to a backup of before a move, while clients and movers work. All is not well after that, as
 * acknowledged writes are lost with the server's data; so this is no part of the play in {@link ChaosIT}. But of what is
 * still on some shard, nobody deletes the last copy; whoever asks is told which shard it was, and no other; and no read over
 * all shards counts a customer twice, or leaves one out.
 *
 * <p>Not shown: that a client reads of one customer what is true, or that what it writes is kept; the shard that was set back
 * may serve a client until that looks who owns what, and these histories are checked for nothing else. Nor that a purge which
 * was proven right in the moment before is held back, nor how all this is mended. And the copy is of files, as they are when
 * all of the server's processes are killed.
 */
@Tag("ci")
class RestoredShardTest {
    private static final String RESTORED = "eu-2";
    private static final List<Double> WITH_IT = List.of(1.0, 1.0, 1.0);
    private static final List<Double> WITHOUT_IT = List.of(1.0, 0.0, 1.0);

    @TempDir
    Path directory = Path.of("");

    /** A mover was about to give back to it, and goes on with what it has handed over. */
    @Test
    void what_a_shard_gave_away_after_its_backup_stays_where_it_went() throws SQLException, IOException {
        assertNothingIsDeleted(WITH_IT, new ShardSetBack(RESTORED, WITHOUT_IT, WITH_IT, Sleeper.WAKES));
    }

    /**
     * A mover has taken from it and died: the copy that nobody owns is the last one; unless a client has been quick enough to
     * finish the handover.
     */
    @Test
    void what_others_still_have_of_what_a_shard_took_after_its_backup_stays_with_them()
            throws SQLException, IOException {
        assertNothingIsDeleted(
                WITHOUT_IT, new ShardSetBack(RESTORED, List.of(0.0, 1.0, 1.0), List.of(0.0, 0.0, 1.0), Sleeper.DIES));
    }

    private void assertNothingIsDeleted(List<Double> weights, ShardSetBack fault) throws SQLException, IOException {
        Script script = new Script(7, Duration.ofMinutes(3), weights, 1, 4, 2, new Population(40));
        try (Stage stage = new Stage(directory, script)) {
            stage.perform(List.of(new Actor("restorer", List.of(fault), Duration.ofMillis(1))));

            assertStillThere(stage, fault.kept());
            assertNamed(stage);
            assertStillThere(stage, fault.kept());
            assertThat(History.read(stage.clients().histories()).invocations().stream()
                            .map(Invocation::outcome)
                            .filter(Summed.class::isInstance)
                            .map(outcome -> ((Summed) outcome).customers()))
                    .as("how many customers there were in each read over all shards")
                    .isNotEmpty()
                    .containsOnly((long) script.population().customers());
        }
    }

    private static void assertStillThere(Stage stage, Kept before) throws SQLException {
        Kept after = Kept.on(stage.shards());
        assertThat(before.rows()).isNotEmpty();
        assertThat(after.or(before)).as("what was there, and more").isEqualTo(after);
    }

    private static void assertNamed(Stage stage) {
        String named = "Shard " + RESTORED + " was set back in time";
        try (Ringshard bank = Ringshard.open(stage.config())) {
            assertThat(bank.status().problem().orElse("none")).startsWith(named);
            assertThat(bank.verify().ring().setBack())
                    .singleElement()
                    .asString()
                    .startsWith(named);
            assertThatThrownBy(() -> bank.rebalancer().plan())
                    .isInstanceOf(CorruptionException.class)
                    .hasMessageStartingWith(named);
            assertThatThrownBy(() -> bank.customers().totals()).isInstanceOf(RingshardException.class);
            recover(bank);
        }
        assertThat(Ringshard.check(stage.config()).problem().orElse("none")).startsWith(named);
    }

    /** It does what it can, and refuses if a handover is unknown to the shard that it went to. */
    private static void recover(Ringshard bank) {
        try {
            bank.recover();
        } catch (CorruptionException refusal) {
            assertThat(refusal)
                    .hasMessageStartingWith("Shard " + RESTORED + " knows nothing of")
                    .hasMessageContaining("It was set back in time");
        }
    }
}
