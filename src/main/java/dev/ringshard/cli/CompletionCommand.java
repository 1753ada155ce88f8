package dev.ringshard.cli;

import picocli.AutoComplete;

@picocli.CommandLine.Command(
        name = "completion",
        description = "Prints a script that lets bash and zsh complete commands and options.",
        footer = {
            "",
            "Example: source <(ringshard completion)",
            "",
            "It completes the word 'ringshard'. Where that is not on your PATH, make it an",
            "alias before:",
            "  alias ringshard='java -jar /path/to/ringshard.jar'",
        })
final class CompletionCommand extends Command {
    CompletionCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    Report run() {
        return new TextReport(
                "script", AutoComplete.bash("ringshard", spec.root().commandLine()));
    }
}
