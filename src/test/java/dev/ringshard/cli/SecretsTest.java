package dev.ringshard.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import dev.ringshard.testing.H2Database;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/**
 * Looks for a password in all that failing commands print, with stack traces, and in all that they log at the finest
 * level. Does not show what the drivers' own logs hold, which are off unless somebody turns them on.
 */
@Tag("ci")
@Isolated("listens to what everybody logs")
class SecretsTest {
    private static final String SECRET = "hunter2";
    private static final List<String> COMMANDS =
            List.of("init", "status --json", "get c-1", "export", "deposit c-1 savings 1", "config check");

    @TempDir
    Path directory = Path.of("");

    private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private final Logger pool = (Logger) LoggerFactory.getLogger("com.zaxxer.hikari");
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private Level rootLevel = Level.WARN;
    private Level poolLevel = Level.WARN;

    @BeforeEach
    void logEverything() {
        rootLevel = root.getLevel();
        poolLevel = pool.getLevel();
        root.setLevel(Level.TRACE);
        pool.setLevel(Level.TRACE);
        root.detachAndStopAllAppenders();
        log.start();
        root.addAppender(log);
    }

    @AfterEach
    void logAsBefore() {
        root.setLevel(rootLevel);
        pool.setLevel(poolLevel);
        root.detachAppender(log);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "url: 'jdbc:postgresql://localhost:1/bank?user=bank&password=hunter2'",
                "url: 'jdbc:postgresql://localhost:1/bank?sslmode=require&sslpassword=hunter2', user: bank",
                "url: 'jdbc:postgresql://localhost:1/bank', user: bank, password: hunter2",
                "url: 'jdbc:postgresql://bank:hunter2@localhost:1/bank'",
                "url: 'jdbc:postgresql://bank:hunter2@localhost/bank', user: bank, password: hunter2",
                "url: 'jdbc:h2:file:/dev/null/none;USER=sa;PASSWORD=hunter2'",
                "url: 'jdbc:h2:file:/dev/null/none;CIPHER=AES', user: sa, password: 'hunter2 hunter2'",
                "url: 'jdbc:h2:mem:x;NO_SUCH_SETTING=1', user: sa, password: hunter2",
                "url: 'jdbc:h2:tcp://sa:hunter2@localhost:1/bank'",
                "url: 'jdbc:mysql://bank:hunter2@localhost/bank', password: hunter2",
                "url: 'jdbc:h2:mem:x', password: hunter2, pasword: hunter2, weight: x",
                "url: 'jdbc:h2:mem:x', password: 'hunter2",
            })
    void nothing_that_a_failing_command_prints_or_logs_shows_a_password(String keys) throws IOException {
        Cli cli = new Cli(directory);
        cli.file("bank.yaml", """
                cluster: bank
                routing-timeout: 1ms
                pool: { connection-timeout: 250ms }
                shards:
                  - { name: eu-1, %s }
                """.formatted(keys));
        for (String command : COMMANDS) {
            assertFailsWithoutASecret(cli, command);
        }
    }

    @Test
    void a_wrong_password_is_not_shown_either() throws IOException, SQLException {
        String url = H2Database.inMemory().url();
        java.sql.DriverManager.getConnection(url, "sa", "right").close();
        Cli cli = new Cli(directory);
        String yaml = """
                cluster: bank
                routing-timeout: 1ms
                pool: { connection-timeout: %s }
                shards:
                  - { name: eu-1, url: "%s", user: sa, password: %s }
                """;
        cli.file("bank.yaml", yaml.formatted("10s", url, SECRET));
        Cli.Result check = cli.run("config", "check"); // first: H2 answers ever later to wrong passwords
        assertThat(check.exitCode()).isEqualTo(2);
        assertThat(check.out()).containsPattern("eu-1 +wrong").contains("Wrong user name or password");
        cli.file("bank.yaml", yaml.formatted("250ms", url, SECRET));
        for (String command : COMMANDS) {
            assertFailsWithoutASecret(cli, command);
        }
    }

    private void assertFailsWithoutASecret(Cli cli, String command) {
        Cli.Result result = cli.run((command + " --debug").split(" "));

        assertThat(result.exitCode()).as(command).isPositive();
        assertThat(result.out() + result.err()).as(command).isNotEmpty().doesNotContain(SECRET);
        String logged = List.copyOf(log.list).stream().map(SecretsTest::text).collect(Collectors.joining("\n"));
        assertThat(logged).as("log of " + command).doesNotContain(SECRET);
        log.list.clear();
    }

    private static String text(ILoggingEvent event) {
        String trace = event.getThrowableProxy() == null ? "" : ThrowableProxyUtil.asString(event.getThrowableProxy());
        return "%s %s %s".formatted(event.getThreadName(), event.getFormattedMessage(), trace);
    }
}
