package dev.ringshard.internal.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.Ringshard;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingConfig;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.failure.ForeignShardException;
import dev.ringshard.failure.ShardUnavailableException;
import dev.ringshard.failure.SqlFailedException;
import dev.ringshard.ring.KeyHashes;
import dev.ringshard.ring.TokenMap;
import dev.ringshard.ring.TokenRange;
import dev.ringshard.status.InitOutcome;
import dev.ringshard.status.InitStep;
import dev.ringshard.testing.TestCluster;
import dev.ringshard.testing.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Founding a cluster: right after a crash anywhere, and never twice. */
abstract class ClusterInitContract {
    private static final int SHARDS = 2;
    private static final int STEPS = 5 * SHARDS;

    private final List<TestDatabase> databases = IntStream.range(0, SHARDS + 1)
            .mapToObj(i -> TestCluster.database(kind()))
            .toList();

    abstract DatabaseKind kind();

    @Test
    void hands_out_every_token_exactly_once() throws SQLException {
        InitOutcome outcome = Ringshard.init(config());

        assertThat(outcome.founded()).containsExactly("eu-1", "eu-2");
        assertThat(outcome.migrations()).isEqualTo(SHARDS * 4);
        assertThat(handedOut().isComplete()).isTrue();
    }

    @Test
    void repeating_it_changes_nothing() throws SQLException {
        Ringshard.init(config());
        TokenMap<String> before = handedOut();

        InitOutcome again = Ringshard.init(config());

        assertThat(again).isEqualTo(new InitOutcome(0, List.of()));
        assertThat(handedOut()).isEqualTo(before);
    }

    static IntStream everyStep() {
        return IntStream.range(0, STEPS);
    }

    @ParameterizedTest
    @MethodSource("everyStep")
    void dies_before_any_step_and_the_second_run_ends_the_same(int step) throws SQLException {
        dieBefore(step);

        Ringshard.init(config());

        assertThat(handedOut().isComplete()).isTrue();
        try (Ringshard bank = Ringshard.open(config())) {
            assertThat(bank.customers().count()).isZero();
        }
    }

    @Tag("ci")
    @ParameterizedTest
    @MethodSource("everyStep")
    void dies_before_any_step_and_a_run_with_other_shards_never_hands_out_a_token_twice(int step) throws SQLException {
        dieBefore(step);
        RingshardConfig other = TestCluster.config(List.of(shard(1), shard(2))); // eu-2 and eu-3

        boolean founded = founds(other);
        boolean finished = founds(config());

        assertThat(founded && finished)
                .as("both foundings went through after dying before step %d", step)
                .isFalse();
        assertThat(founded || finished).isTrue();
        handedOut(); // fails if a token is owned twice
    }

    @Tag("ci")
    @ParameterizedTest
    @MethodSource("everyStep")
    void dies_before_any_step_and_a_run_with_another_ring_never_hands_out_a_token_twice(int step) throws SQLException {
        dieBefore(step);
        RingshardConfig other = config(config().ring().withVirtualNodes(9));

        boolean founded = founds(other);
        boolean finished = founds(config());

        assertThat(founded && finished).isFalse();
        handedOut();
    }

    @ParameterizedTest
    @MethodSource("everyStep")
    void dies_before_any_step_and_another_database_under_a_founders_name_never_gets_its_tokens(int step)
            throws SQLException {
        dieBefore(step);
        RingshardConfig other = TestCluster.config(List.of(shard(0), TestCluster.shard("eu-2", databases.get(2))));

        boolean founded = founds(other);
        boolean finished = founds(config());

        assertThat(founded && finished).as("died before step %d", step).isFalse();
        handedOut();
    }

    @Test
    void a_founder_whose_database_is_gone_does_not_get_its_tokens_again_in_an_empty_one() throws SQLException {
        Ringshard.init(config());

        assertThatThrownBy(() -> Ringshard.init(
                        TestCluster.config(List.of(shard(0), TestCluster.shard("eu-2", databases.get(2))))))
                .isInstanceOf(ForeignShardException.class)
                .hasMessageContaining("founded on another database as eu-2 than the one configured")
                .hasMessageContaining("Correct the url of eu-2, or restore its database");
        assertThat(handedOut().isComplete()).isTrue();
    }

    @Test
    void two_that_run_at_once_with_the_same_configuration_found_one_cluster() throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(2);
        try {
            Callable<InitOutcome> init = () -> Ringshard.init(config());
            int founded = 0;
            for (Future<InitOutcome> run : executor.invokeAll(List.of(init, init))) {
                founded += run.get().founded().size();
            }
            assertThat(founded).isEqualTo(SHARDS);
        } finally {
            executor.shutdownNow();
        }
        assertThat(handedOut().isComplete()).isTrue();
    }

    @Test
    void a_cluster_that_is_there_is_not_founded_again_with_one_more_shard() throws SQLException {
        Ringshard.init(config());

        assertThatThrownBy(() -> Ringshard.init(config().withShard(shard(2))))
                .isInstanceOf(ForeignShardException.class)
                .hasMessageContaining("Shard eu-1 has been given its ranges under another founding")
                .hasMessageContaining("Init only founds");
        assertThat(handedOut().isComplete()).isTrue();
        assertThat(isTouched(2)).isFalse();
    }

    @Test
    void of_a_cluster_that_is_there_it_only_migrates_the_shards_by_whatever_ring_they_should_share_now()
            throws SQLException {
        Ringshard.init(config());
        TokenMap<String> before = handedOut();

        InitOutcome again = Ringshard.init(config(config().ring().withVirtualNodes(9)));

        assertThat(again).isEqualTo(new InitOutcome(0, List.of()));
        assertThat(handedOut()).isEqualTo(before);
    }

    @Test
    void a_database_of_another_cluster_is_left_alone() throws SQLException {
        Ringshard.init(config());
        RingshardConfig other = RingshardConfig.builder("shop")
                .ring(config().ring())
                .shards(List.of(shard(2), shard(0)))
                .build();

        assertThatThrownBy(() -> Ringshard.init(other))
                .isInstanceOf(ForeignShardException.class)
                .hasMessage(
                        "The database configured as shard eu-1 belongs to cluster bank, not to shop. It is left alone; nothing was written. Correct url or cluster.");
        assertThat(isTouched(2)).isFalse();
    }

    @Test
    void a_database_that_carries_another_shards_name_is_left_alone() {
        Ringshard.init(config());
        List<ShardConfig> swapped = List.of(
                TestCluster.shard("eu-1", databases.get(1)), TestCluster.shard("eu-2", databases.get(0)), shard(2));

        assertThatThrownBy(() -> Ringshard.init(TestCluster.config(swapped)))
                .isInstanceOf(ForeignShardException.class)
                .hasMessageContaining("The database configured as shard eu-1 is shard eu-2 of cluster bank.");
        assertThatThrownBy(() -> Ringshard.open(TestCluster.config(swapped)))
                .isInstanceOf(ForeignShardException.class)
                .hasMessageContaining(" of cluster bank. It is left alone; nothing was written. Correct url or name.");
    }

    @Test
    void another_hash_is_refused() {
        Ringshard.init(config());

        assertThatThrownBy(() -> Ringshard.open(config(config().ring().withHash(KeyHashes.named("xxh3")))))
                .isInstanceOf(ForeignShardException.class)
                .hasMessageContaining("places keys with hash md5, the configuration with xxh3");
    }

    @Test
    void another_function_under_the_same_name_is_refused() {
        Ringshard.init(config());

        assertThatThrownBy(() -> Ringshard.open(config(config().ring().withHash(new FalseMd5()))))
                .isInstanceOf(ForeignShardException.class)
                .hasMessageContaining("not the same function");
    }

    private record FalseMd5() implements dev.ringshard.ring.KeyHash {
        @Override
        public String name() {
            return "md5";
        }

        @Override
        public long token(byte[] utf8, int length) {
            return 42;
        }
    }

    @Test
    void two_names_for_one_database_are_refused_before_anything_is_written() throws SQLException {
        List<ShardConfig> twice = List.of(shard(0), alias("eu-2", databases.get(0)));

        assertThatThrownBy(() -> Ringshard.init(TestCluster.config(twice)))
                .isInstanceOf(ForeignShardException.class)
                .hasMessageContaining(
                        "Shards eu-1 and eu-2 are configured with the same database. Nothing was written.");
        assertThat(isTouched(0)).isFalse();
    }

    /** A shard on the same database in a way that the configuration cannot see. */
    abstract ShardConfig alias(String name, TestDatabase database);

    @Test
    void a_shard_that_does_not_answer_stops_it_before_anything_is_written() throws SQLException {
        ShardConfig silent = ShardConfig.of("eu-9", "jdbc:postgresql://127.0.0.1:1/none", "nobody", "none")
                .withPool(shard(0).pool().withConnectionTimeout(Duration.ofMillis(250)));

        assertThatThrownBy(() -> Ringshard.init(TestCluster.config(List.of(shard(0), silent))))
                .isInstanceOf(ShardUnavailableException.class)
                .hasMessageContaining("Shard eu-9 cannot be reached");
        assertThat(isTouched(0)).isFalse();
    }

    @Test
    void a_cluster_that_is_not_initialised_is_not_opened() throws SQLException {
        assertThatThrownBy(() -> Ringshard.open(config()))
                .isInstanceOf(ForeignShardException.class)
                .hasMessage(
                        "Cluster bank is not initialised: none of its 2 databases takes part in a cluster. Nothing was written. Run init.");
        assertThat(isTouched(0)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 7, 8, 9})
    void a_cluster_whose_init_was_interrupted_says_so_when_opened(int step) {
        dieBefore(step);

        assertThatThrownBy(() -> Ringshard.open(config()))
                .isInstanceOf(ForeignShardException.class)
                .hasMessageContaining("Run init again with the same configuration");
    }

    @Test
    void a_database_with_tables_of_its_own_keeps_them() throws SQLException {
        sql(0, "CREATE TABLE orders (id int PRIMARY KEY)");
        sql(0, "INSERT INTO orders VALUES (7)");

        Ringshard.init(config());

        assertThat(number(0, "SELECT id FROM orders")).isEqualTo(7);
        assertThat(handedOut().isComplete()).isTrue();
    }

    @Test
    void a_database_that_has_a_table_customers_already_is_refused_until_it_is_gone() throws SQLException {
        sql(1, "CREATE TABLE customers (id int PRIMARY KEY)");

        assertThatThrownBy(() -> Ringshard.init(config()))
                .isInstanceOf(SqlFailedException.class)
                .hasMessageContaining("Shard eu-2 could not be migrated");
        assertThat(number(0, "SELECT count(*) FROM ringshard.owned_range")).isZero();

        sql(1, "DROP TABLE customers");
        Ringshard.init(config());
        assertThat(handedOut().isComplete()).isTrue();
    }

    private RingshardConfig config() {
        return TestCluster.config(List.of(shard(0), shard(1)));
    }

    private RingshardConfig config(RingConfig ring) {
        return RingshardConfig.builder("bank")
                .ring(ring)
                .shards(List.of(shard(0), shard(1)))
                .build();
    }

    private ShardConfig shard(int index) {
        return TestCluster.shard("eu-" + (index + 1), databases.get(index));
    }

    /** Whether it gave anybody ranges; of a cluster that is there, it only migrates the shards. */
    private static boolean founds(RingshardConfig config) {
        try {
            return !Ringshard.init(config).founded().isEmpty();
        } catch (ForeignShardException refused) {
            return false;
        }
    }

    private void dieBefore(int step) {
        assertThatThrownBy(() -> Ringshard.init(config(), new Death(step))).isInstanceOf(Died.class);
    }

    private static final class Died extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private static final class Death implements BiConsumer<InitStep, String> {
        private int stepsLeft;

        private Death(int step) {
            this.stepsLeft = step;
        }

        @Override
        public void accept(InitStep step, String shard) {
            if (stepsLeft-- == 0) {
                throw new Died();
            }
        }
    }

    /** Who was given what; fails if a token was given twice. */
    private TokenMap<String> handedOut() throws SQLException {
        List<TokenMap.Entry<String>> entries = new ArrayList<>();
        for (int i = 0; i <= SHARDS; i++) {
            if (isTouched(i)) {
                for (TokenRange range : owned(i)) {
                    entries.add(new TokenMap.Entry<>(range, "eu-" + (i + 1)));
                }
            }
        }
        return TokenMap.of(entries);
    }

    private List<TokenRange> owned(int index) throws SQLException {
        List<TokenRange> ranges = new ArrayList<>();
        try (Connection connection = databases.get(index).connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT first_token, last_token FROM ringshard.owned_range")) {
            while (rows.next()) {
                ranges.add(new TokenRange(rows.getLong(1), rows.getLong(2)));
            }
        }
        return ranges;
    }

    private boolean isTouched(int index) throws SQLException {
        return number(index, "SELECT count(*) FROM information_schema.tables WHERE lower(table_name) = 'owned_range'")
                > 0;
    }

    private void sql(int index, String sql) throws SQLException {
        try (Connection connection = databases.get(index).connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private long number(int index, String sql) throws SQLException {
        try (Connection connection = databases.get(index).connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }
}
