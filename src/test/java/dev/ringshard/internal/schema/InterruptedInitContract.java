package dev.ringshard.internal.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.Ringshard;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.failure.ForeignShardException;
import dev.ringshard.testing.TestCluster;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A founding that dies anywhere: it can be finished, and no token is ever handed out twice. */
abstract class InterruptedInitContract {
    private final FoundingDatabases databases = new FoundingDatabases(kind());

    abstract DatabaseKind kind();

    static IntStream everyStep() {
        return IntStream.range(0, 7 * FoundingDatabases.FOUNDERS);
    }

    @ParameterizedTest
    @MethodSource("everyStep")
    void dies_before_any_step_and_the_second_run_ends_the_same(int step) throws SQLException {
        databases.dieBefore(step);

        Ringshard.init(databases.config());

        assertThat(databases.handedOut().isComplete()).isTrue();
        try (Ringshard ringshard = Ringshard.open(databases.config())) {
            assertThat(ringshard.verify().isOk()).isTrue();
        }
    }

    @Tag("ci")
    @ParameterizedTest
    @MethodSource("everyStep")
    void dies_before_any_step_and_a_run_with_other_shards_never_hands_out_a_token_twice(int step) throws SQLException {
        databases.dieBefore(step);
        RingshardConfig other = TestCluster.config(List.of(databases.shard(1), databases.shard(2))); // eu-2 and eu-3

        boolean founded = FoundingDatabases.founds(other);
        boolean finished = FoundingDatabases.founds(databases.config());

        assertThat(founded && finished)
                .as("both foundings went through after dying before step %d", step)
                .isFalse();
        assertThat(founded || finished).isTrue();
        databases.handedOut(); // fails if a token is owned twice
    }

    @Tag("ci")
    @ParameterizedTest
    @MethodSource("everyStep")
    void dies_before_any_step_and_a_run_with_another_ring_never_hands_out_a_token_twice(int step) throws SQLException {
        databases.dieBefore(step);
        RingshardConfig other = databases.config(databases.config().ring().withVirtualNodes(9));

        boolean founded = FoundingDatabases.founds(other);
        boolean finished = FoundingDatabases.founds(databases.config());

        assertThat(founded && finished).isFalse();
        databases.handedOut();
    }

    @ParameterizedTest
    @MethodSource("everyStep")
    void dies_before_any_step_and_another_database_under_a_founders_name_never_gets_its_tokens(int step)
            throws SQLException {
        databases.dieBefore(step);
        RingshardConfig other =
                TestCluster.config(List.of(databases.shard(0), TestCluster.shard("eu-2", databases.database(2))));

        boolean founded = FoundingDatabases.founds(other);
        boolean finished = FoundingDatabases.founds(databases.config());

        assertThat(founded && finished).as("died before step %d", step).isFalse();
        databases.handedOut();
    }

    @ParameterizedTest
    @ValueSource(ints = {9, 11, 12, 13})
    void a_cluster_whose_init_was_interrupted_says_so_when_opened(int step) {
        databases.dieBefore(step);

        assertThatThrownBy(() -> Ringshard.open(databases.config()))
                .isInstanceOf(ForeignShardException.class)
                .hasMessageContaining("Run init again with the same configuration");
    }
}
