package dev.ringshard.internal.schema;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.Ringshard;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.ring.TokenMap;
import dev.ringshard.status.InitOutcome;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Founding a cluster: each token is handed out once, what is there stays. */
abstract class ClusterInitContract {
    private final FoundingDatabases databases = new FoundingDatabases(kind());

    abstract DatabaseKind kind();

    @Test
    void hands_out_every_token_exactly_once() throws SQLException {
        InitOutcome outcome = Ringshard.init(databases.config());

        assertThat(outcome.founded()).containsExactly("eu-1", "eu-2");
        assertThat(outcome.migrations()).isEqualTo(FoundingDatabases.FOUNDERS * 4);
        assertThat(databases.handedOut().isComplete()).isTrue();
    }

    @Test
    void repeating_it_changes_nothing() throws SQLException {
        Ringshard.init(databases.config());
        TokenMap<String> before = databases.handedOut();

        InitOutcome again = Ringshard.init(databases.config());

        assertThat(again).isEqualTo(new InitOutcome(0, List.of(), List.of()));
        assertThat(databases.handedOut()).isEqualTo(before);
    }

    @Test
    void of_a_cluster_that_is_there_it_only_migrates_the_shards_by_whatever_ring_they_should_share_now()
            throws SQLException {
        Ringshard.init(databases.config());
        TokenMap<String> before = databases.handedOut();

        InitOutcome again =
                Ringshard.init(databases.config(databases.config().ring().withVirtualNodes(9)));

        assertThat(again).isEqualTo(new InitOutcome(0, List.of(), List.of()));
        assertThat(databases.handedOut()).isEqualTo(before);
    }

    @Test
    void two_that_run_at_once_with_the_same_configuration_found_one_cluster() throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(2);
        try {
            Callable<InitOutcome> init = () -> Ringshard.init(databases.config());
            int founded = 0;
            for (Future<InitOutcome> run : executor.invokeAll(List.of(init, init))) {
                founded += run.get().founded().size();
            }
            assertThat(founded).isEqualTo(FoundingDatabases.FOUNDERS);
        } finally {
            executor.shutdownNow();
        }
        assertThat(databases.handedOut().isComplete()).isTrue();
    }

    @Test
    void a_database_with_tables_of_its_own_keeps_them() throws SQLException {
        databases.sql(0, "CREATE TABLE orders (id int PRIMARY KEY)");
        databases.sql(0, "INSERT INTO orders VALUES (7)");

        Ringshard.init(databases.config());

        assertThat(databases.number(0, "SELECT id FROM orders")).isEqualTo(7);
        assertThat(databases.handedOut().isComplete()).isTrue();
    }
}
