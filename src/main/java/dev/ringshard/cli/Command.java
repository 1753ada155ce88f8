package dev.ringshard.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Option;

/** What all commands have in common: one report, printed in one of two forms, and its exit code. */
abstract class Command implements Callable<Integer> {
    final Terminal terminal;

    @Option(names = "--json", description = "Print the report as JSON; keys are stable.")
    boolean json;

    @Option(names = "--debug", description = "On failure, print where in the program it happened, too.")
    boolean debug;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Print this help.")
    boolean help;

    Command(Terminal terminal) {
        this.terminal = terminal;
    }

    /** Does what the command is for. */
    abstract Report run();

    @Override
    public Integer call() {
        Report report = run();
        terminal.show(report, json);
        return report.exitCode().number();
    }
}
