package shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ringshard.Ringshard;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.testing.TestCluster;
import dev.ringshard.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * The shop as it is, on Tomcat and PostgreSQL, while people order, a third database joins, and the first is drained, by movers that
 * are processes of their own, of which some are killed. {@code -Dshop.seconds=300} makes it longer. Does not show what a shard that
 * does not answer does to it.
 */
class ShopUnderLoadTest {
    private static final int SECONDS = Integer.getInteger("shop.seconds", 15);
    private static final int REQUESTS_PER_SECOND = 50;
    private static final int TENANTS = 60;
    private static final int KILLS = Math.max(1, SECONDS / 30);

    private final List<TestDatabase> databases = Stream.generate(() -> TestCluster.database(DatabaseKind.POSTGRESQL))
            .limit(3)
            .toList();

    @TempDir
    Path directory = Path.of("");

    private final List<Process> movers = new ArrayList<>();

    @AfterEach
    void no_mover_stays() throws InterruptedException {
        for (Process mover : movers) {
            mover.destroyForcibly().waitFor();
        }
    }

    @Test
    void no_request_fails_and_no_order_is_lost_or_doubled_while_shards_join_and_leave_and_movers_are_killed()
            throws Exception {
        configure(1, 1);
        assertThat(command("init").waitFor()).isZero();
        try (ConfigurableApplicationContext app = start();
                Customers customers = new Customers("http://localhost:" + port(app))) {
            customers.found(TENANTS);
            long began = System.nanoTime();
            customers.come(REQUESTS_PER_SECOND);

            configure(1, 1, 1);
            rebalanceWithKills(databases.get(2));
            long whenJoined = customers.answered();
            configure(0, 1, 1);
            rebalanceWithKills(databases.get(1));
            await().atMost(Duration.ofSeconds(SECONDS + 10L))
                    .until(() -> System.nanoTime() - began > TimeUnit.SECONDS.toNanos(SECONDS));
            customers.leave();
            assertThat(command("recover").waitFor()).isZero();

            System.out.println("The shop: " + customers + "; by when the third database had joined, " + whenJoined);
            assertThat(customers.failures()).isEmpty();
            assertThat(customers.orders()).isGreaterThan(SECONDS * REQUESTS_PER_SECOND / 4);
            for (Map.Entry<UUID, Queue<UUID>> tenant : customers.acknowledged().entrySet()) {
                assertThat(customers.stored(tenant.getKey()))
                        .containsExactlyInAnyOrderElementsOf(tenant.getValue());
            }
            assertThat(app.getBean(Ringshard.class).verify().isSound()).isTrue();
            assertThat(databases.get(0).number("SELECT count(*) FROM orders")).isZero();
            long stored = databases.get(1).number("SELECT count(*) FROM orders")
                    + databases.get(2).number("SELECT count(*) FROM orders");
            assertThat(stored).isEqualTo(customers.orders());
        }
    }

    /** Some are killed while rows of theirs are on the way; the last one ends it. */
    private void rebalanceWithKills(TestDatabase target) throws Exception {
        int killed = 0;
        for (int i = 0; i < KILLS; i++) {
            long before = rows(target);
            Process mover = command("rebalance", "--yes", "--chunk", "5", "--max-rate", "100");
            await().atMost(Duration.ofMinutes(1)).until(() -> !mover.isAlive() || rows(target) > before + 5);
            if (mover.isAlive()) {
                mover.destroyForcibly().waitFor();
                killed++;
            }
        }
        assertThat(killed).isPositive();
        assertThat(command("rebalance", "--yes").waitFor()).isZero();
    }

    private static long rows(TestDatabase database) throws SQLException {
        return database.number("SELECT count(*) FROM pg_tables WHERE tablename = 'order_lines'") == 0
                ? 0
                : database.number("SELECT count(*) FROM order_lines");
    }

    /** A command line as a process of its own. */
    private Process command(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                "dev.ringshard.cli.Main"));
        command.addAll(Arrays.asList(arguments));
        command.addAll(List.of("--config", directory.resolve("ringshard.yaml").toString()));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(directory.resolve("log").toFile()))
                .start();
        movers.add(process);
        return process;
    }

    /** What movers read; shards of no weight are drained. */
    private void configure(int... weights) throws IOException {
        List<String> yaml = new ArrayList<>(List.of(
                "cluster: shop",
                "bank: false",
                "tables:",
                "  migrations: [ \"classpath:shop\", \"classpath:catalogue\" ]",
                "  sharded:",
                "    - { name: tenants, key: id }",
                "    - { name: orders, key: tenant_id }",
                "    - { name: order_lines, key: tenant_id }",
                "shards:"));
        for (int i = 0; i < weights.length; i++) {
            yaml.add(databases.get(i).yaml("eu-" + (i + 1)).replace(" }", ", weight: " + weights[i] + " }"));
        }
        Files.writeString(directory.resolve("ringshard.yaml"), String.join("\n", yaml));
    }

    /** The application with all three, of which one has not joined. */
    private ConfigurableApplicationContext start() {
        List<String> arguments = new ArrayList<>(List.of("--server.port=0", "--ringshard.init=false"));
        IntStream.range(0, databases.size()).forEach(i -> {
            String shard = "--ringshard.shards[%d].".formatted(i);
            arguments.add(shard + "name=eu-" + (i + 1));
            arguments.add(shard + "url=" + databases.get(i).url());
            arguments.add(shard + "user=" + databases.get(i).user());
            arguments.add(shard + "password=" + databases.get(i).password());
        });
        return SpringApplication.run(ShopApplication.class, arguments.toArray(String[]::new));
    }

    private static String port(ConfigurableApplicationContext app) {
        return String.valueOf(app.getEnvironment().getProperty("local.server.port"));
    }
}
