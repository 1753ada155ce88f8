package dev.ringshard.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.Ringshard;
import dev.ringshard.status.InitListener;
import dev.ringshard.status.InitOutcome;
import dev.ringshard.status.InitOutcome.Fenced;
import dev.ringshard.status.InitStep;
import dev.ringshard.testing.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A database is taken where it stands, while its application writes straight to it and knows nothing. */
@Tag("ci")
class AdoptPostgresTest {
    private static final int ALL = ShopToAdopt.FENCED.length;

    /** Much longer than it takes, and shorter than what anybody would have to wait for. */
    private static final Duration SHORT = Duration.ofSeconds(2);

    private final ShopToAdopt shop;

    AdoptPostgresTest() throws Exception {
        this.shop = ShopToAdopt.mended(PostgresServer.shared().createDatabase());
    }

    @AfterEach
    void close() throws SQLException {
        shop.dropTheApplication();
    }

    @Test
    void writers_that_never_stop_are_neither_refused_nor_held_up() throws Exception {
        int before = Math.toIntExact(shop.database().number("SELECT count(*) FROM orders"));
        int sold;
        try (ShopWriters writers = ShopWriters.begin(shop.application(), 3)) {
            writers.awaitMore(20);

            InitOutcome outcome = Ringshard.init(shop.config());

            writers.awaitMore(20);
            assertThat(outcome.fenced()).hasSize(ALL);
            assertThat(writers.failures()).isEmpty();
            assertThat(writers.longest()).isLessThan(SHORT);
            sold = writers.stop();
        }
        assertThat(shop.database().number("SELECT count(*) FROM orders")).isEqualTo(before + sold);
        assertSound();
    }

    private void assertSound() {
        try (Ringshard cluster = Ringshard.open(shop.config())) {
            assertThat(cluster.verify().isSound()).isTrue();
            assertThat(cluster.status().problem()).isEmpty();
        }
    }

    /** What waits for it gives way to those who come after, again and again. */
    @Test
    void a_transaction_that_holds_a_table_for_long_keeps_others_off_it_for_moments_only() throws Exception {
        List<String> told = Collections.synchronizedList(new ArrayList<>());
        try (ShopWriters writers = ShopWriters.begin(shop.application(), 2);
                Connection connection = shop.application().connect();
                Statement holder = connection.createStatement()) {
            Ringshard.init(shop.config(), new InitListener() {
                @Override
                public void before(InitStep step, String shard) {
                    if (step == InitStep.FENCE) {
                        during(() -> {
                            connection.setAutoCommit(false);
                            holder.execute("UPDATE orders SET status = 'paid' WHERE id = 1");
                        });
                    }
                }

                @Override
                public void progress(String shard, String howFar) {
                    if (howFar.startsWith("fence of orders")) {
                        told.add(howFar);
                        writers.awaitMore(3);
                        if (told.size() == 3) {
                            during(connection::commit);
                        }
                    }
                }
            });

            assertThat(told)
                    .hasSizeGreaterThanOrEqualTo(3)
                    .first()
                    .asString()
                    .matches("fence of orders: waits for process \\d+ .*, which holds it since .*");
            assertThat(writers.failures()).isEmpty();
            assertThat(writers.longest()).isLessThan(SHORT);
        }
        assertSound();
    }

    /** Its snapshot is older than the ownership, so that the fence would find nothing that is owned. */
    @Test
    void a_transaction_whose_snapshot_is_older_than_the_cluster_may_still_write() throws Exception {
        List<String> told = Collections.synchronizedList(new ArrayList<>());
        try (Connection connection = shop.application().connect();
                Statement old = connection.createStatement()) {
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            Ringshard.init(shop.config(), new InitListener() {
                @Override
                public void before(InitStep step, String shard) {
                    if (step == InitStep.HAND_OUT) {
                        during(() -> {
                            connection.setAutoCommit(false);
                            old.execute("SELECT count(*) FROM orders");
                        });
                    }
                }

                @Override
                public void progress(String shard, String howFar) {
                    if (told.isEmpty() && howFar.startsWith("older transactions: waiting")) {
                        told.add(howFar);
                        during(() -> {
                            old.execute("INSERT INTO tenants (name, country) VALUES ('Late', 'FR')");
                            connection.commit();
                        });
                    }
                }
            });
        }

        assertThat(told).hasSize(1);
        assertThat(shop.database().number("SELECT count(*) FROM tenants WHERE name = 'Late'"))
                .isEqualTo(1);
        assertSound();
    }

    @ParameterizedTest
    @EnumSource(InitStep.class)
    void one_that_dies_before_any_step_leaves_the_application_at_work_and_the_next_ends_the_same(InitStep fatal)
            throws Exception {
        try (ShopWriters writers = ShopWriters.begin(shop.application(), 2)) {
            assertThatThrownBy(() -> Ringshard.init(shop.config(), (step, shard) -> {
                        if (step == fatal) {
                            throw new IllegalStateException("killed");
                        }
                    }))
                    .hasMessage("killed");
            writers.awaitMore(10);
            assertThat(writers.failures()).isEmpty();

            Ringshard.init(shop.config());

            writers.awaitMore(10);
            assertThat(writers.failures()).isEmpty();
        }
        assertSound();
        assertThat(Ringshard.init(shop.config())).isEqualTo(new InitOutcome(0, List.of(), List.of()));
    }

    /** Between two tables. */
    @Test
    void one_that_dies_while_it_fences_has_the_rest_fenced_by_the_next() throws Exception {
        try (Connection connection = shop.application().connect();
                Statement holder = connection.createStatement();
                ShopWriters writers = ShopWriters.begin(shop.application(), 2)) {
            assertThatThrownBy(() -> Ringshard.init(shop.config(), new InitListener() {
                        @Override
                        public void before(InitStep step, String shard) {
                            if (step == InitStep.FENCE) {
                                during(() -> {
                                    connection.setAutoCommit(false);
                                    holder.execute("DELETE FROM audit_log WHERE id = 1");
                                });
                            }
                        }

                        @Override
                        public void progress(String shard, String howFar) {
                            if (howFar.startsWith("fence of audit_log")) {
                                throw new IllegalStateException("killed");
                            }
                        }
                    }))
                    .hasMessage("killed");
            connection.commit();
            writers.awaitMore(10);

            assertThat(Ringshard.init(shop.config()).fenced())
                    .extracting(Fenced::table)
                    .containsExactly("audit_log", "order_lines", "returns", "countries", "currencies");
            assertThat(writers.failures()).isEmpty();
        }
        assertSound();
    }

    /** As after a kill of the process whose server notices, or of the server's own process. */
    @Test
    void an_index_that_a_kill_has_left_half_done_is_built_anew() throws Exception {
        try (Connection connection = shop.application().connect();
                Statement holder = connection.createStatement();
                ShopWriters writers = ShopWriters.begin(shop.application(), 2)) {
            connection.setAutoCommit(false);
            holder.execute("UPDATE users SET manager_id = manager_id WHERE id = 1");

            assertThatThrownBy(() -> Ringshard.init(shop.config(), new InitListener() {
                        @Override
                        public void before(InitStep step, String shard) {
                            // only what takes long
                        }

                        @Override
                        public void progress(String shard, String howFar) {
                            if (howFar.startsWith("index of users: waiting")) {
                                during(
                                        () -> shop.database()
                                                .text(
                                                        "SELECT pg_terminate_backend(pid) FROM pg_stat_progress_create_index WHERE datname = current_database()"));
                            }
                        }
                    }))
                    .isInstanceOf(RuntimeException.class);
            assertThat(invalid()).isEqualTo(1);
            connection.commit();
            writers.awaitMore(10);

            Ringshard.init(shop.config());

            assertThat(invalid()).isZero();
            assertThat(
                            shop.database()
                                    .number(
                                            "SELECT count(*) FROM pg_class WHERE relkind = 'i' AND relname LIKE 'ringshard\\_%\\_token'"))
                    .isEqualTo(ShopToAdopt.SHARDED.length);
            assertThat(writers.failures()).isEmpty();
        }
        assertSound();
    }

    private long invalid() throws SQLException {
        return shop.database().number("SELECT count(*) FROM pg_index WHERE NOT indisvalid");
    }

    /** In a listener, which throws nothing of its own. */
    static void during(SqlWork work) {
        try {
            work.run();
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    interface SqlWork {
        void run() throws SQLException;
    }
}
