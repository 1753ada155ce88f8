package dev.ringshard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.bank.Balances;
import dev.ringshard.bank.NewCustomer;
import dev.ringshard.config.PoolConfig;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.failure.ShardUnavailableException;
import dev.ringshard.testing.Certificates;
import dev.ringshard.testing.EmbeddedServer;
import dev.ringshard.testing.PostgresServer;
import dev.ringshard.testing.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What {@code sslmode=verify-full} in a shard's URL is worth, against a real server: it talks to the server that the
 * authority vouches for under the name in the URL, and to no other. Certificates of clients are not shown.
 */
@Tag("ci")
class TlsPostgresTest {
    private static @Nullable Certificates trusted;
    private static @Nullable Certificates other;
    private static @Nullable EmbeddedServer server;

    @BeforeAll
    static void startServer(@TempDir Path directory) throws Exception {
        trusted = Certificates.authority(directory, "trusted");
        other = Certificates.authority(directory, "other");
        server = PostgresServer.start(trusted.issue("localhost").settings());
    }

    @AfterAll
    static void stopServer() {
        server().close();
    }

    private static EmbeddedServer server() {
        return Objects.requireNonNull(server);
    }

    private static Certificates trusted() {
        return Objects.requireNonNull(trusted);
    }

    @Test
    void a_verified_shard_works_and_every_connection_of_it_is_encrypted() {
        RingshardConfig config = config(server().createDatabase(), "localhost", trusted());
        Ringshard.init(config);
        try (Ringshard bank = Ringshard.open(config)) {
            bank.customers().create(new NewCustomer("c-1", "Ada", "Lovelace", new Balances("1.00", "0.00", "0.00")));

            assertThat(bank.customers().find("c-1")).isPresent();
            assertThat(bank.customers().count()).isEqualTo(1);
            List<Boolean> encrypted = bank.router().transaction("c-1", tx -> tx.dsl()
                    .fetch("SELECT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)"
                            + " WHERE datname = current_database()")
                    .getValues(0, Boolean.class));
            assertThat(encrypted).isNotEmpty().containsOnly(true);
        }
    }

    @Test
    void a_server_of_an_authority_that_is_not_trusted_is_refused() {
        assertRefused(
                config(server().createDatabase(), "localhost", Objects.requireNonNull(other)),
                "unable to find valid certification path to requested target");
    }

    @Test
    void a_server_under_a_name_that_its_certificate_does_not_have_is_refused() {
        assertRefused(config(server().createDatabase(), "127.0.0.1", trusted()), "127.0.0.1");
    }

    @Test
    void a_server_that_offers_no_tls_is_refused() {
        try (EmbeddedServer open = PostgresServer.start(false)) {
            assertRefused(config(open.createDatabase(), "localhost", trusted()), "The server does not support SSL");
        }
    }

    private static void assertRefused(RingshardConfig config, String reason) {
        assertThatThrownBy(() -> Ringshard.init(config))
                .isInstanceOf(ShardUnavailableException.class)
                .hasMessageContaining("Shard eu-1 cannot be reached: ")
                .hasMessageContaining(reason)
                .hasMessageContaining("Nothing was written.");
    }

    private static RingshardConfig config(TestDatabase database, String host, Certificates authority) {
        String url = "%s?sslmode=verify-full&sslrootcert=%s"
                .formatted(database.url().replace("//localhost:", "//" + host + ":"), authority.certificate());
        return RingshardConfig.builder("bank")
                .shard(ShardConfig.of("eu-1", url, database.user(), database.password())
                        .withPool(PoolConfig.DEFAULT.withConnectionTimeout(Duration.ofSeconds(2))))
                .build();
    }
}
