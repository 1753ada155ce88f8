package dev.ringshard.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;

class StderrLogTest {
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final StderrLog log = new StderrLog(() -> new PrintStream(written, true, StandardCharsets.UTF_8));

    @Test
    void warnings_and_errors_are_lines_without_stack_traces() {
        Logger logger = log.getLoggerFactory().getLogger("dev.ringshard.rebalance.RebalanceWatch");

        logger.debug("not told");
        logger.info("not told {}", 1);
        logger.warn("The watch: {}. {}", "waits", "Shard eu-3 is down.");
        logger.error("It failed", new IllegalStateException("broken"));

        assertThat(lines())
                .hasSize(2)
                .anyMatch(
                        line -> line.matches("[0-9:]{5,8} WARN  RebalanceWatch: The watch: waits. Shard eu-3 is down."))
                .anyMatch(line -> line.matches("[0-9:]{5,8} ERROR RebalanceWatch: It failed"));
    }

    @Test
    void of_libraries_whose_warnings_come_back_as_failures_only_errors_are_told() {
        log.getLoggerFactory().getLogger("com.zaxxer.hikari.pool.HikariPool").warn("A connection died.");
        log.getLoggerFactory().getLogger("org.flywaydb.core.Flyway").error("No.");

        assertThat(lines()).singleElement().asString().endsWith("ERROR Flyway: No.");
    }

    private List<String> lines() {
        return written.toString(StandardCharsets.UTF_8).lines().toList();
    }
}
