package dev.ringshard.cli.command;

import dev.ringshard.cli.screen.NextStep;
import dev.ringshard.cli.screen.Report;
import dev.ringshard.cli.screen.Terminal;
import dev.ringshard.failure.InvalidInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The base of all commands: common options, and one report that is printed as text or as JSON. */
public abstract class ReportCommand implements Callable<Integer> {
    protected final Terminal terminal;

    @Option(names = "--json", description = "Print the report as JSON; keys are stable.")
    protected boolean json;

    @Option(names = "--debug", description = "On failure, print where in the program it happened, too.")
    boolean debug;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Print this help.")
    boolean help;

    @Spec
    protected CommandSpec spec = CommandSpec.create();

    protected ReportCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    /** Does what the command is for. */
    protected abstract Report run();

    @Override
    public Integer call() {
        Report report = run();
        show(report);
        return report.exitCode().number();
    }

    /**
     * The command as it was given, so that it can be copied from the screen.
     *
     * @param more options to add
     */
    protected final String sameCommand(String... more) {
        List<String> words =
                new ArrayList<>(spec.root().commandLine().getParseResult().originalArgs());
        words.addAll(1, List.of(more)); // behind the name: what follows may be behind a "--"
        return terminal.program() + " " + words.stream().map(NextStep::quoted).collect(Collectors.joining(" "));
    }

    /** Says that the arguments cannot be used, unless something holds. */
    protected final void require(boolean holds, String message) {
        if (!holds) {
            throw new ParameterException(spec.commandLine(), message);
        }
    }

    /** What is made of an argument; says that it cannot be used if nothing can be made of it. */
    protected final <T> T argument(Supplier<T> value) {
        try {
            return value.get();
        } catch (InvalidInputException unusable) {
            throw new ParameterException(spec.commandLine(), String.valueOf(unusable.getMessage()), unusable);
        }
    }

    /** Prints the report on stdout. */
    protected void show(Report report) {
        terminal.show(report, json);
    }
}
