package dev.ringshard.cli;

import dev.ringshard.failure.RingshardException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Prints what went wrong on stderr, for people, and says what the process ends with. */
final class Failures implements IExecutionExceptionHandler, IParameterExceptionHandler {
    private final Terminal terminal;

    Failures(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public int handleExecutionException(Exception failure, CommandLine commandLine, ParseResult arguments) {
        boolean debug = commandLine.getCommand() instanceof Command command && command.debug;
        print(failure, debug);
        return ExitCode.of(failure).number();
    }

    @Override
    public int handleParseException(ParameterException failure, String[] arguments) {
        terminal.err().println(terminal.look().bad(String.valueOf(failure.getMessage())));
        UnmatchedArgumentException.printSuggestions(failure, terminal.err());
        String command = failure.getCommandLine().getCommandSpec().qualifiedName(" ");
        terminal.err().println("See '%s --help'.".formatted(command.replaceFirst("^ringshard", terminal.program())));
        terminal.err().flush();
        return ExitCode.USAGE.number();
    }

    /** A failure of Ringshard's says all that is needed; of any other at least the kind. */
    private void print(Throwable failure, boolean debug) {
        boolean known = failure instanceof RingshardException;
        String message = String.valueOf(failure.getMessage());
        terminal.err()
                .println(terminal.look()
                        .bad(
                                known
                                        ? message
                                        : "Unexpected failure, %s: %s"
                                                .formatted(failure.getClass().getSimpleName(), message)));
        if (debug) {
            failure.printStackTrace(terminal.err());
        } else if (!known) {
            terminal.err().println("Repeating the command is safe. --debug shows where in the program it happened.");
        }
        terminal.err().flush();
    }
}
