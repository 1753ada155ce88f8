package dev.ringshard.cli.bank.csv;

import dev.ringshard.cli.command.FailureHandler;
import dev.ringshard.cli.screen.ExitCode;

/**
 * The reason for which a load ended before its files did.
 *
 * @param reason for people
 */
record LoadStop(ExitCode exitCode, String reason) {
    static final LoadStop INTERRUPTED = new LoadStop(ExitCode.FAILED, "Stopped on request.");

    /** A failure that no line caused. */
    static LoadStop of(Throwable failure) {
        return new LoadStop(FailureHandler.exitCode(failure), FailureHandler.text(failure));
    }
}
