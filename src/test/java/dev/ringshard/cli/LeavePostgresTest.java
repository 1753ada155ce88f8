package dev.ringshard.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.Ringshard;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.failure.ForeignShardException;
import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.status.InitStep;
import dev.ringshard.status.LeaveOutcome;
import dev.ringshard.testing.Definitions;
import dev.ringshard.testing.PostgresServer;
import dev.ringshard.testing.TestCluster;
import dev.ringshard.testing.TestDatabase;
import java.nio.file.Path;
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
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A database that was taken where it stands is as it was, once it has left: all that its catalogs say. */
@Tag("ci")
class LeavePostgresTest {
    private static final Duration SHORT = Duration.ofSeconds(2);

    @TempDir
    Path directory = Path.of("");

    private final ShopToAdopt shop;
    private final List<String> before;

    LeavePostgresTest() throws Exception {
        this.shop = ShopToAdopt.mended(PostgresServer.shared().createDatabase());
        this.before = Definitions.of(shop.database());
    }

    @AfterEach
    void close() throws SQLException {
        shop.dropTheApplication();
    }

    private LeaveOutcome leave() {
        return Ringshard.leave(shop.config(), told -> {});
    }

    private List<String> now() throws SQLException {
        return Definitions.of(shop.database());
    }

    @Test
    void init_adds_what_is_named_after_ringshard_and_leave_takes_all_of_it_away() throws Exception {
        Ringshard.init(shop.config());

        List<String> founded = new ArrayList<>(now());
        assertThat(founded).containsAll(before);
        founded.removeAll(before);
        assertThat(founded).isNotEmpty().allMatch(line -> line.contains("ringshard"));

        LeaveOutcome outcome = leave();

        assertThat(outcome.fenced()).containsExactlyInAnyOrder(ShopToAdopt.FENCED);
        assertThat(outcome.indexes()).hasSize(ShopToAdopt.SHARDED.length);
        assertThat(outcome.kept()).isEmpty();
        assertThat(now()).isEqualTo(before);
        assertThat(leave().isEmpty()).isTrue();
    }

    @Test
    void writers_that_never_stop_are_neither_refused_nor_held_up() throws Exception {
        Ringshard.init(shop.config());
        try (ShopWriters writers = ShopWriters.begin(shop.application(), 3)) {
            writers.awaitMore(20);

            leave();

            writers.awaitMore(20);
            assertThat(writers.failures()).isEmpty();
            assertThat(writers.longest()).isLessThan(SHORT);
        }
        assertThat(now()).isEqualTo(before);
    }

    /** Who reads holds off who drops triggers. */
    @Test
    void a_transaction_that_has_read_a_table_is_waited_for_and_told() throws Exception {
        Ringshard.init(shop.config());
        List<String> told = Collections.synchronizedList(new ArrayList<>());
        try (Connection connection = shop.application().connect();
                Statement report = connection.createStatement();
                ShopWriters writers = ShopWriters.begin(shop.application(), 2)) {
            connection.setAutoCommit(false);
            report.execute("SELECT count(*) FROM orders");

            Ringshard.leave(shop.config(), howFar -> {
                if (howFar.startsWith("waits for process")) {
                    told.add(howFar);
                    writers.awaitMore(3);
                    if (told.size() == 2) {
                        AdoptPostgresTest.during(connection::commit);
                    }
                }
            });

            assertThat(told).hasSizeGreaterThanOrEqualTo(2);
            assertThat(writers.failures()).isEmpty();
            assertThat(writers.longest()).isLessThan(SHORT);
        }
        assertThat(now()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "seeing to it",
                "taking the fence off audit_log",
                "taking the fence off users",
                "dropping the index ringshard_audit",
                "dropping the index ringshard_users",
                "dropping the schema"
            })
    void one_that_dies_anywhere_is_finished_by_the_next(String fatal) throws Exception {
        Ringshard.init(shop.config());
        die(fatal);
        shop.application().execute("INSERT INTO tenants (name, country) VALUES ('Between', 'FR')");

        leave();

        assertThat(now()).isEqualTo(before);
    }

    private void die(String fatal) {
        assertThatThrownBy(() -> Ringshard.leave(shop.config(), howFar -> {
                    if (howFar.startsWith(fatal)) {
                        throw new IllegalStateException("killed");
                    }
                }))
                .hasMessage("killed");
    }

    @Test
    void one_that_has_begun_is_told_keeps_rows_from_moving_and_is_taken_back_by_init() throws Exception {
        Ringshard.init(shop.config());
        die("taking the fence off users");

        assertThat(Ringshard.check(shop.config()).problem().orElseThrow())
                .contains("leaves the cluster")
                .contains("run leave to its end, or init");
        assertThatThrownBy(() -> shop.database()
                        .execute("SET session_replication_role = replica; UPDATE ringshard.owned_range SET epoch = 7"))
                .hasMessageContaining("this shard leaves its cluster");

        Ringshard.init(shop.config());

        assertThat(Ringshard.check(shop.config()).isSound()).isTrue();
        shop.database().execute("UPDATE ringshard.owned_range SET epoch = 7");
        leave();
        assertThat(now()).isEqualTo(before);
    }

    @ParameterizedTest
    @EnumSource(InitStep.class)
    void an_init_that_died_anywhere_is_undone(InitStep fatal) throws Exception {
        assertThatThrownBy(() -> Ringshard.init(shop.config(), (step, shard) -> {
                    if (step == fatal) {
                        throw new IllegalStateException("killed");
                    }
                }))
                .hasMessage("killed");

        leave();

        assertThat(now()).isEqualTo(before);
    }

    @Test
    void what_the_application_has_built_on_it_is_named_and_nothing_is_dropped() throws Exception {
        Ringshard.init(shop.config());
        shop.database().execute("""
                CREATE VIEW keys AS SELECT ringshard.token(id::text) FROM tenants;
                ALTER TABLE audit_log ADD position bigint DEFAULT ringshard.token('x');
                CREATE INDEX by_token ON tenants (ringshard.token(name))""");
        List<String> founded = now();

        assertThatThrownBy(this::leave)
                .isInstanceOf(ForeignShardException.class)
                .hasMessageContaining("Shard")
                .hasMessageContaining("rule _RETURN on view keys")
                .hasMessageContaining("default value for column position of table audit_log")
                .hasMessageContaining("index by_token");

        assertThat(now()).isEqualTo(founded);
    }

    @Test
    void who_does_not_own_all_stays() throws Exception {
        RingshardConfig two = shop.config()
                .withShard(TestCluster.shard("second", PostgresServer.shared().createDatabase()));
        assertThatThrownBy(() -> Ringshard.leave(two, told -> {}))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("only a single one that owns everything can leave");

        Ringshard.init(shop.config());
        shop.database()
                .execute("DELETE FROM ringshard.owned_range WHERE first_token = "
                        + "(SELECT max(first_token) FROM ringshard.owned_range)");
        List<String> founded = now();

        assertThatThrownBy(this::leave)
                .isInstanceOf(ForeignShardException.class)
                .hasMessageContaining("does not own the whole ring")
                .hasMessageContaining("Nothing was dropped.");
        assertThat(now()).isEqualTo(founded);
    }

    @Test
    void who_still_has_leftovers_of_moves_stays() throws Exception {
        Ringshard.init(shop.config());
        shop.database()
                .execute(
                        "INSERT INTO ringshard.departed_range (first_token, last_token, epoch, target) VALUES (1, 2, 3, 'x')");

        assertThatThrownBy(this::leave)
                .isInstanceOf(ForeignShardException.class)
                .hasMessageContaining("moves have left something on it")
                .hasMessageContaining("Run recover first");
    }

    @Test
    void who_has_sent_messages_that_have_not_arrived_stays() throws Exception {
        Ringshard.init(shop.config());
        shop.database().execute("""
                INSERT INTO ringshard.outbox (token, sender, message_id, message_number, recipient, topic, payload, due_at)
                VALUES (1, 'a', 'b', 1, 'c', 'd', '', now())""");

        assertThatThrownBy(this::leave)
                .isInstanceOf(ForeignShardException.class)
                .hasMessageContaining("keys have sent messages that have not arrived")
                .hasMessageContaining("Nothing was dropped.");
    }

    @Test
    void the_tables_that_ringshard_has_made_stay_with_their_rows() throws Exception {
        TestDatabase bank = PostgresServer.shared().createDatabase();
        Cli cli = new Cli(directory);
        cli.file("bank.yaml", "cluster: bank\nshards:\n" + bank.yaml("eu-1") + "\n");
        assertThat(cli.run("init").exitCode()).isZero();
        assertThat(cli.run("load", "--generate", "5").exitCode()).isZero();

        Cli.Result plan = cli.run("leave");
        assertThat(plan.exitCode()).isEqualTo(3);
        assertThat(plan.out()).contains("eu-1 would leave cluster bank.", "leave --yes --config");
        Cli.Result left = cli.run("leave", "--yes");

        assertThat(left.exitCode()).as(left.err()).isZero();
        assertThat(left.out())
                .contains(
                        "Kept with all rows, though init has made them: customers, account_entries, customer_clearing.");
        assertThat(bank.number("SELECT count(*) FROM customers")).isEqualTo(5);
        assertThat(Definitions.of(bank)).noneMatch(line -> line.contains("ringshard"));
        assertThat(cli.run("leave").out()).startsWith("Nothing of Ringshard's is in the database of eu-1.");
    }

    @Test
    void h2_cannot_leave() {
        RingshardConfig onH2 = RingshardConfig.builder("bank")
                .shard(ShardConfig.of("eu-1", "jdbc:h2:mem:leave;DB_CLOSE_DELAY=-1", "", ""))
                .build();

        assertThatThrownBy(() -> Ringshard.planLeave(onH2))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("only a database of PostgreSQL can leave");
    }
}
