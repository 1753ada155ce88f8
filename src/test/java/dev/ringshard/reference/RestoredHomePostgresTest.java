package dev.ringshard.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.ringshard.Ringshard;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.failure.RingshardException;
import dev.ringshard.status.ClusterStatus;
import dev.ringshard.testing.InstalledServer;
import dev.ringshard.testing.TestCluster;
import dev.ringshard.testing.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The home of a reference table is put back from a dump, beneath connections that stay open, while the shard that knows more is away. */
@Tag("ci")
class RestoredHomePostgresTest {
    @Test
    void makes_no_second_version_of_a_number_that_another_shard_has() throws Exception {
        try (InstalledServer server = InstalledServer.start()) {
            TestDatabase home = server.createDatabase();
            TestDatabase other = TestCluster.database(DatabaseKind.POSTGRESQL);
            for (TestDatabase database : List.of(home, other)) {
                database.execute(String.join("; ", ReferencedShop.SCHEMA));
            }
            RingshardConfig config = ReferencedShop.config(TestCluster.shards(List.of(home, other)));
            Ringshard.init(config);
            try (Ringshard shop = Ringshard.open(config)) {
                ReferenceTable currencies = shop.reference("currencies");
                assertThat(currencies.home()).isEqualTo("eu-1");
                Path archive = server.archive(home);
                add(currencies, "EUR");
                server.putBack(archive, home);

                away(other, true);
                assertThatThrownBy(() -> add(currencies, "JPY")).isInstanceOf(RingshardException.class);
                away(other, false);
                await("its circuit breaker lets calls through")
                        .atMost(Duration.ofSeconds(20))
                        .until(() -> isUp(shop, "eu-2"));

                add(currencies, "CHF");
                assertThat(currencies.version()).isEqualTo(3);
                for (TestDatabase database : List.of(home, other)) {
                    assertThat(database.text("SELECT string_agg(code, ' ' ORDER BY code) FROM currencies"))
                            .isEqualTo("CHF EUR");
                }
            }
        }
    }

    private static void add(ReferenceTable currencies, String code) {
        currencies.update(work -> work.dsl().execute("INSERT INTO currencies (code, digits) VALUES (?, 2)", code));
    }

    private static boolean isUp(Ringshard shop, String name) {
        return shop.status().shards().stream()
                .anyMatch(shard -> shard.name().equals(name) && shard.state() == ClusterStatus.State.UP);
    }

    private static void away(TestDatabase database, boolean is) throws Exception {
        String name = database.name();
        TestDatabase maintenance = new TestDatabase(
                database.url().replaceFirst("/[^/]*$", "/postgres"), database.user(), database.password());
        maintenance.execute(
                "ALTER DATABASE %s ALLOW_CONNECTIONS %s; SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '%s' AND %s"
                        .formatted(name, !is, name, is));
    }
}
