package dev.ringshard.cli.command;

import dev.ringshard.cli.screen.ExitCode;
import dev.ringshard.cli.screen.Terminal;
import dev.ringshard.failure.RingshardException;
import dev.ringshard.failure.SqlFailedException;
import java.util.List;
import java.util.Optional;
import org.jooq.exception.DataAccessException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Prints what went wrong on stderr, for people, and says what the process ends with. */
public final class FailureHandler implements IExecutionExceptionHandler, IParameterExceptionHandler {
    private final Terminal terminal;

    public FailureHandler(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public int handleExecutionException(Exception failure, CommandLine commandLine, ParseResult arguments) {
        if (Interruption.isProcessEnding()) { // embedded databases close by then: that they do is no news
            return ExitCode.FAILED.number();
        }
        boolean debug = commandLine.getCommand() instanceof ReportCommand command && command.debug;
        print(failure, debug);
        if (commandLine.getCommand() instanceof ClusterCommand command) {
            command.nextAfter(failure).ifPresent(next -> terminal.err().println("Next: " + next));
            terminal.err().flush();
        }
        return exitCode(failure).number();
    }

    @Override
    public int handleParseException(ParameterException failure, String[] arguments) {
        Optional<String> refusal = failure.getCommandLine().getCommand() instanceof ClusterCommand command
                ? command.refusal(List.of(arguments))
                : Optional.empty();
        if (refusal.isPresent()) { // other arguments would not help
            terminal.err().println(terminal.style().bad(refusal.get()));
        } else {
            printArguments(failure);
        }
        terminal.err().flush();
        return ExitCode.USAGE.number();
    }

    private void printArguments(ParameterException failure) {
        terminal.err().println(terminal.style().bad(String.valueOf(failure.getMessage())));
        UnmatchedArgumentException.printSuggestions(failure, terminal.err());
        String command = failure.getCommandLine().getCommandSpec().qualifiedName(" ");
        terminal.err().println("See '%s --help'.".formatted(command.replaceFirst("^ringshard", terminal.program())));
    }

    private void print(Throwable failure, boolean debug) {
        terminal.err().println(terminal.style().bad(text(failure)));
        if (debug) {
            failure.printStackTrace(terminal.err());
        } else if (!isKnown(failure)) {
            terminal.err().println("Repeating the command is safe. --debug shows where in the program it happened.");
        }
        terminal.err().flush();
    }

    /** A failure of Ringshard's or of the command line's says all that is needed; of any other, the kind and its cause. */
    public static String text(Throwable failure) {
        if (isKnown(failure)) {
            return String.valueOf(failure.getMessage());
        }
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        String reason = String.valueOf(cause.getMessage()).lines().findFirst().orElse("no reason given");
        return failure instanceof DataAccessException
                ? "A database refused a statement: %s. See that it may be written, and has room.".formatted(reason)
                : "Unexpected failure, %s: %s".formatted(failure.getClass().getSimpleName(), reason);
    }

    /** What the process ends with after a failure. */
    public static ExitCode exitCode(Throwable failure) {
        if (failure instanceof RingshardException known) {
            return switch (known.remedy()) {
                case FIX_INPUT -> known instanceof SqlFailedException ? ExitCode.FAILED : ExitCode.USAGE;
                case REFRESH_AND_RETRY, RETRY_LATER -> ExitCode.FAILED;
                case ASK_FOR_OUTCOME -> ExitCode.OUTCOME_UNKNOWN;
                case STOP_AND_CALL -> ExitCode.DIFFERENCES;
            };
        }
        return failure instanceof CommandException own ? own.exitCode() : ExitCode.FAILED;
    }

    private static boolean isKnown(Throwable failure) {
        return failure instanceof RingshardException || failure instanceof CommandException;
    }
}
