package dev.ringshard.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.Ringshard;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.failure.OutcomeUnknownException;
import dev.ringshard.failure.Remedy;
import dev.ringshard.failure.ShardUnavailableException;
import dev.ringshard.testing.EmbeddedServer;
import dev.ringshard.testing.Parcel;
import dev.ringshard.testing.Parcels;
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
    private RingshardConfig config = Parcels.config(List.of(shard()));

    private ShardConfig shard() {
        ShardConfig shard = TestCluster.shard("eu-1", database);
        return shard.withPool(shard.pool().withConnectionTimeout(Duration.ofMillis(500)));
    }

    @BeforeEach
    void begin() {
        database = server.createDatabase();
        config = Parcels.config(List.of(shard()));
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @Test
    void a_commit_without_an_answer_is_an_unknown_outcome_and_is_not_repeated() throws Exception {
        try (Ringshard ringshard = open()) {
            sql("CREATE TABLE notes (id int)");
            sql("CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS"
                    + " 'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END'");
            sql("CREATE CONSTRAINT TRIGGER dies_at_commit AFTER INSERT ON notes"
                    + " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION die()");
            int[] runs = {0};

            assertThatThrownBy(() -> ringshard.router().transaction("p-1", transaction -> {
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
    void a_single_statement_without_an_answer_is_an_unknown_outcome_and_is_not_repeated() throws Exception {
        try (Ringshard ringshard = open()) {
            new Parcels(ringshard).create(Parcel.bare("p-1"));
            sql("CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS"
                    + " 'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END'");
            sql("CREATE TRIGGER dies AFTER UPDATE ON parcels FOR EACH ROW EXECUTE FUNCTION die()");

            assertThatThrownBy(() -> new Parcels(ringshard).handle("p-1")).isInstanceOf(OutcomeUnknownException.class);

            sql("DROP TRIGGER dies ON parcels");
            assertThat(new Parcels(ringshard).find("p-1").orElseThrow().handled())
                    .as("the session ended before the commit")
                    .isZero();
            assertThat(new Parcels(ringshard).handle("p-1")).isTrue();
            assertThat(new Parcels(ringshard).find("p-1").orElseThrow().handled())
                    .isEqualTo(1);
        }
    }

    @Test
    void a_connection_lost_before_the_commit_is_repeated_on_another() throws Exception {
        try (Ringshard ringshard = open()) {
            int[] runs = {0};

            String result = ringshard.router().transaction("p-1", transaction -> {
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
        try (Ringshard ringshard = open()) {
            new Parcels(ringshard).create(Parcel.bare("p-1"));
            new Parcels(ringshard).stamp("p-1", "gift", "1.00");

            server.kill();
            assertThatThrownBy(() -> new Parcels(ringshard).find("p-1")).isInstanceOf(ShardUnavailableException.class);
            assertThatThrownBy(() -> new Parcels(ringshard).handle("p-1"))
                    .as("nothing was sent, so nothing is unknown")
                    .isInstanceOf(ShardUnavailableException.class)
                    .hasMessageContaining("Nothing was written");
            for (int i = 0; i < 4; i++) {
                assertThatThrownBy(() -> new Parcels(ringshard).find("p-1"))
                        .isInstanceOfSatisfying(ShardUnavailableException.class, failure -> assertThat(failure.shard())
                                .isEqualTo("eu-1"));
            }
            assertThatThrownBy(() -> new Parcels(ringshard).find("p-1"))
                    .as("the breaker is open")
                    .hasMessageContaining(
                            "is left alone for a moment, after it failed several times in a row: Connection refused.");
            try (Ringshard openedWhileDown = Ringshard.open(config)) {
                assertThatThrownBy(() -> new Parcels(openedWhileDown).find("p-1"))
                        .hasMessageContaining("belongs to none of the shards that answer. Shard eu-1");
                server.restart();
                org.awaitility.Awaitility.await()
                        .ignoreExceptionsInstanceOf(ShardUnavailableException.class)
                        .until(() -> new Parcels(openedWhileDown).find("p-1").isPresent());
            }
            org.awaitility.Awaitility.await()
                    .ignoreExceptionsInstanceOf(ShardUnavailableException.class)
                    .until(() -> new Parcels(ringshard).find("p-1").isPresent());
            assertThat(new Parcels(ringshard).totals().postage()).isEqualByComparingTo(ONE);
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
