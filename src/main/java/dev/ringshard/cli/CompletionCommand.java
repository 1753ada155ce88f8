package dev.ringshard.cli;

import dev.ringshard.cli.command.ReportCommand;
import dev.ringshard.cli.screen.Report;
import dev.ringshard.cli.screen.Terminal;
import dev.ringshard.cli.screen.TextReport;
import picocli.AutoComplete;
import picocli.CommandLine.Command;

@Command(
        name = "completion",
        description = "Prints a script that lets bash and zsh complete commands and options.",
        footer = {
            "",
            "Example: source <(ringshard completion)",
            "",
            "It completes the word 'ringshard'. Where that script is not on your PATH, link",
            "it there, or make it an alias before:",
            "  alias ringshard='java -jar /path/to/ringshard.jar'",
        })
final class CompletionCommand extends ReportCommand {
    CompletionCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    protected Report run() {
        return new TextReport(
                "script", AutoComplete.bash("ringshard", spec.root().commandLine()));
    }
}
