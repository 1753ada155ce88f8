package dev.ringshard.cli;

import dev.ringshard.cli.command.ReportCommand;
import dev.ringshard.cli.screen.Report;
import dev.ringshard.cli.screen.Terminal;
import dev.ringshard.cli.screen.TextReport;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import picocli.CommandLine.Command;

@Command(
        name = "example",
        description = "Prints a configuration to begin with: every key, what it means and what is allowed.",
        footer = {
            "",
            "Example: ringshard config example > ringshard.yaml",
        })
final class ConfigExampleCommand extends ReportCommand {
    ConfigExampleCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    protected Report run() {
        try (InputStream example = ConfigExampleCommand.class.getResourceAsStream("example.yaml")) {
            byte[] yaml = Objects.requireNonNull(example, "example.yaml").readAllBytes();
            return new TextReport("yaml", new String(yaml, StandardCharsets.UTF_8));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
