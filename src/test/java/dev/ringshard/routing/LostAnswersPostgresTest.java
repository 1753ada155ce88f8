package dev.ringshard.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.Ringshard;
import dev.ringshard.bank.Account;
import dev.ringshard.bank.NewCustomer;
import dev.ringshard.bank.OperationId;
import dev.ringshard.bank.Posting;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.failure.OutcomeUnknownException;
import dev.ringshard.failure.Remedy;
import dev.ringshard.failure.ShardUnavailableException;
import dev.ringshard.testing.EmbeddedServer;
import dev.ringshard.testing.PostgresServer;
import dev.ringshard.testing.TestCluster;
import dev.ringshard.testing.TestDatabase;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** A server that dies while it works, or ends the sessions of those who work. */
@Tag("ci")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LostAnswersPostgresTest {
    private static final BigDecimal ONE = new BigDecimal("1.00");

    private final EmbeddedServer server = PostgresServer.start(true);
    private TestDatabase database = server.createDatabase();
    private RingshardConfig config = TestCluster.config(List.of(shard()));

    private ShardConfig shard() {
        ShardConfig shard = TestCluster.shard("eu-1", database);
        return shard.withPool(shard.pool().withConnectionTimeout(Duration.ofMillis(500)));
    }

    @BeforeEach
    void begin() {
        database = server.createDatabase();
        config = TestCluster.config(List.of(shard()));
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @Test
    void a_commit_without_an_answer_is_an_unknown_outcome_and_is_not_repeated() throws Exception {
        try (Ringshard bank = open()) {
            sql("CREATE TABLE notes (id int)");
            sql("CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS"
                    + " 'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END'");
            sql("CREATE CONSTRAINT TRIGGER dies_at_commit AFTER INSERT ON notes"
                    + " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION die()");
            int[] runs = {0};

            assertThatThrownBy(() -> bank.router().transaction("c-1", transaction -> {
                        runs[0]++;
                        return transaction.dsl().execute("INSERT INTO notes VALUES (1)");
                    }))
                    .isInstanceOfSatisfying(OutcomeUnknownException.class, failure -> assertThat(failure.remedy())
                            .isEqualTo(Remedy.ASK_FOR_OUTCOME))
                    .hasMessageContaining("Repeat it with the same operation id");
            assertThat(runs[0]).isEqualTo(1);
        }
    }

    @Test
    void a_deposit_without_an_answer_is_an_unknown_outcome_and_its_id_finds_out() throws Exception {
        try (Ringshard bank = open()) {
            bank.customers().create(new NewCustomer("c-1", "Ada", "Lovelace"));
            OperationId id = OperationId.random();
            sql("CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS"
                    + " 'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END'");
            sql("CREATE TRIGGER dies AFTER INSERT ON account_entries FOR EACH ROW EXECUTE FUNCTION die()");

            assertThatThrownBy(() -> bank.customers().deposit("c-1", Account.SAVINGS, ONE, id))
                    .isInstanceOf(OutcomeUnknownException.class);

            sql("DROP TRIGGER dies ON account_entries");
            assertThat(bank.customers().deposit("c-1", Account.SAVINGS, ONE, id))
                    .isInstanceOf(Posting.Applied.class);
            assertThat(bank.customers().deposit("c-1", Account.SAVINGS, ONE, id))
                    .isInstanceOf(Posting.AlreadyApplied.class);
        }
    }

    @Test
    void a_connection_lost_before_the_commit_is_repeated_on_another() throws Exception {
        try (Ringshard bank = open()) {
            int[] runs = {0};

            String result = bank.router().transaction("c-1", transaction -> {
                if (runs[0]++ == 0) {
                    transaction.dsl().execute("SELECT pg_terminate_backend(pg_backend_pid())");
                }
                return "done";
            });

            assertThat(result).isEqualTo("done");
            assertThat(runs[0]).isEqualTo(2);
        }
    }

    @Test
    void a_server_that_was_killed_is_named_and_serves_again_after_its_restart() throws Exception {
        try (Ringshard bank = open()) {
            bank.customers().create(new NewCustomer("c-1", "Ada", "Lovelace"));
            bank.customers().deposit("c-1", Account.SAVINGS, ONE, OperationId.random());

            server.kill();
            assertThatThrownBy(() -> bank.customers().find("c-1")).isInstanceOf(ShardUnavailableException.class);
            assertThatThrownBy(() -> bank.customers().deposit("c-1", Account.SAVINGS, ONE, OperationId.random()))
                    .as("nothing was sent, so nothing is unknown")
                    .isInstanceOf(ShardUnavailableException.class)
                    .hasMessageContaining("Nothing was written");
            for (int i = 0; i < 4; i++) {
                assertThatThrownBy(() -> bank.customers().find("c-1"))
                        .isInstanceOfSatisfying(ShardUnavailableException.class, failure -> assertThat(failure.shard())
                                .isEqualTo("eu-1"));
            }
            assertThatThrownBy(() -> bank.customers().find("c-1"))
                    .as("the breaker is open")
                    .hasMessageContaining(
                            "is left alone for a moment, after it failed several times in a row: Connection refused.");
            try (Ringshard openedWhileDown = Ringshard.open(config)) {
                assertThatThrownBy(() -> openedWhileDown.customers().find("c-1"))
                        .hasMessageContaining("belongs to none of the shards that answer. Shard eu-1");
                server.restart();
                org.awaitility.Awaitility.await()
                        .ignoreExceptionsInstanceOf(ShardUnavailableException.class)
                        .until(() -> openedWhileDown.customers().find("c-1").isPresent());
            }
            org.awaitility.Awaitility.await()
                    .ignoreExceptionsInstanceOf(ShardUnavailableException.class)
                    .until(() -> bank.customers().find("c-1").isPresent());
            assertThat(bank.customers().totals().money()).isEqualByComparingTo(ONE);
        }
    }

    private Ringshard open() {
        Ringshard.init(config);
        return Ringshard.open(config);
    }

    private void sql(String sql) throws Exception {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
