package dev.ringshard.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.read.ListAppender;
import dev.ringshard.Ringshard;
import dev.ringshard.bank.Balances;
import dev.ringshard.bank.NewCustomer;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.internal.serve.ClusterServer;
import dev.ringshard.testing.EmbeddedServer;
import dev.ringshard.testing.PostgresServer;
import dev.ringshard.testing.TestDatabase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.slf4j.LoggerFactory;

/**
 * Looks for passwords in all that is logged at the finest level, the database drivers' logs included, and in all that is
 * printed and served, while a cluster lives its whole life on a server that asks for passwords. The driver's own log, once
 * somebody turns it on, shows the URL that it was given, and so an {@code sslpassword} in it, and what is bound.
 */
@Tag("ci")
@Isolated("listens to what everybody logs")
class SecretsPostgresTest {
    private static final String RIGHT = "correct-horse-77";
    private static final String WRONG = "battery-staple-88";
    private static final String KEY_PASSWORD = "tr0ub4dor-99";

    @TempDir
    Path directory = Path.of("");

    private final List<Logger> everyLogger = ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME))
            .getLoggerContext()
            .getLoggerList();
    private final Map<Logger, Level> levels = new HashMap<>();
    private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private final List<Appender<ILoggingEvent>> appenders = new ArrayList<>();
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final java.util.logging.Logger driversRoot =
            LogManager.getLogManager().getLogger("");
    private final DriversLog driversLog = new DriversLog();
    private final List<String> printed = new ArrayList<>();

    /** What is logged by {@code java.util.logging}, as the drivers do. */
    private static final class DriversLog extends Handler {
        private final Queue<String> lines = new ConcurrentLinkedQueue<>();

        @Override
        public void publish(LogRecord line) {
            lines.add(new SimpleFormatter().format(line));
        }

        @Override
        public void flush() {
            // nothing is held back
        }

        @Override
        public void close() {
            // nothing is open
        }
    }

    @BeforeEach
    void logEverything() {
        for (Logger logger : everyLogger) {
            levels.put(logger, logger.getLevel());
            logger.setLevel(Level.TRACE);
        }
        root.iteratorForAppenders().forEachRemaining(appenders::add);
        appenders.forEach(root::detachAppender); // nobody wants all that on the screen
        log.start();
        root.addAppender(log);
        driversLog.setLevel(java.util.logging.Level.ALL);
        driversRoot.addHandler(driversLog);
        driversRoot.setLevel(java.util.logging.Level.ALL);
    }

    @AfterEach
    void logAsBefore() {
        driversRoot.setLevel(java.util.logging.Level.INFO);
        driversRoot.removeHandler(driversLog);
        root.detachAppender(log);
        appenders.forEach(root::addAppender);
        levels.forEach(Logger::setLevel);
    }

    @Test
    void in_its_whole_life_a_cluster_shows_no_password() throws Exception {
        Path access = Files.writeString(
                directory.resolve("hba.conf"),
                "host all postgres all trust\nhost all bank all scram-sha-256\nhost all hasty all password\n");
        try (EmbeddedServer server = PostgresServer.start(Map.of("hba_file", access.toString()))) {
            TestDatabase one = database(server, "bank");
            TestDatabase other = database(server, "hasty"); // whose password goes over the wire as it is
            driversLog.lines.clear(); // the test has just told the server these passwords
            Cli cli = new Cli(directory);

            configure(cli, one, other, WRONG, 1);
            assertThat(run(cli, "config check").exitCode()).isEqualTo(2);
            assertThat(run(cli, "init --debug").exitCode()).isEqualTo(1);
            configure(cli, one, other, RIGHT, 1);
            for (String command : List.of(
                    "init", "load --generate 50 --prefix c-", "get c-000001", "deposit c-000001 savings 1", "verify")) {
                assertThat(run(cli, command).exitCode()).as(command).isZero();
            }
            configure(cli, one, other, RIGHT, 0);
            for (String command : List.of("rebalance --yes", "recover", "verify", "status --json", "config check")) {
                assertThat(run(cli, command).exitCode()).as(command).isZero();
            }
            serve();
        }

        String logged = logged();
        assertThat(logged)
                .as("what has to be in it if everything is")
                .contains("HikariConfig", "jdbcUrl", "password authentication failed for user", "Next: ")
                .contains("Connecting with URL", "FE=> StartupPacket", "FE=> Bind");
        for (String secret : List.of(RIGHT, WRONG)) {
            assertThat(linesWith(secret, logged))
                    .as("lines that show %s", secret)
                    .isEmpty();
        }
        driversLog.lines.clear();
        for (String secret : List.of(KEY_PASSWORD, "Zaphod", "Beeblebrox", "47.11")) {
            assertThat(linesWith(secret, logged()))
                    .as("lines that show %s", secret)
                    .isEmpty();
        }
    }

    private static List<String> linesWith(String secret, String logged) {
        return logged.lines().filter(line -> line.contains(secret)).limit(20).toList();
    }

    private static TestDatabase database(EmbeddedServer server, String user) throws Exception {
        TestDatabase database = server.createDatabase();
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE ROLE %s LOGIN PASSWORD '%s'".formatted(user, RIGHT));
            statement.execute("GRANT CREATE ON SCHEMA public TO " + user);
            statement.execute(
                    "DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %%I TO %s', current_database()); END $$"
                            .formatted(user));
        }
        return database;
    }

    /** The password once within the URL, and once beside it. */
    private static void configure(Cli cli, TestDatabase one, TestDatabase other, String password, int weight)
            throws IOException {
        cli.file("bank.yaml", """
                cluster: bank
                pool: { connection-timeout: 2s }
                shards:
                  - { name: eu-1, url: "%s?user=bank&password=%s&sslpassword=%s" }
                  - { name: eu-2, url: "%s", user: hasty, password: "%s", weight: %d }
                """.formatted(one.url(), password, KEY_PASSWORD, other.url(), password, weight));
    }

    private Cli.Result run(Cli cli, String command) {
        Cli.Result result = cli.run(command.split(" "));
        printed.add(result.out() + result.err());
        return result;
    }

    private void serve() throws Exception {
        Path config = directory.resolve("bank.yaml");
        RingshardConfig loaded = RingshardConfig.load(config);
        printed.add(loaded.toString());
        try (Ringshard bank = Ringshard.open(loaded)) {
            printed.add(bank.status() + " " + bank.connections());
            bank.customers()
                    .create(new NewCustomer("c-named", "Zaphod", "Beeblebrox", new Balances("47.11", "0", "0")));
            bank.customers().find("c-named");
        }
        try (ClusterServer server = ClusterServer.start(
                config,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                command -> "Next: " + command,
                java.util.Map.of())) {
            for (String path : List.of("/", "/metrics", "/health", "/status.json")) {
                URI address = URI.create(
                        "http://127.0.0.1:%d%s".formatted(server.address().getPort(), path));
                HttpResponse<String> answer = HttpClient.newHttpClient()
                        .send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString());
                assertThat(answer.statusCode()).isEqualTo(200);
                printed.add(answer.body());
            }
        }
    }

    private String logged() {
        StringBuilder all = new StringBuilder();
        printed.forEach(text -> all.append(text).append('\n'));
        driversLog.lines.forEach(all::append);
        for (ILoggingEvent event : List.copyOf(log.list)) {
            all.append(event.getThreadName()).append(' ').append(event.getLoggerName());
            all.append(' ').append(event.getFormattedMessage()).append('\n');
            if (event.getThrowableProxy() != null) {
                all.append(ThrowableProxyUtil.asString(event.getThrowableProxy()));
            }
        }
        return all.toString();
    }
}
