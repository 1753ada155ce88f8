package dev.ringshard.cli;

import dev.ringshard.cli.screen.Terminal;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What stands before the commands for the configuration. By itself it only says which there are. */
@Command(name = "config", description = "Helps with the configuration's file.", synopsisSubcommandLabel = "COMMAND")
final class ConfigCommand implements Runnable {
    private final Terminal terminal;

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Print this help.")
    boolean help;

    ConfigCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                spec.commandLine(), "Name a command; '%s config --help' lists them.".formatted(terminal.program()));
    }
}
