package dev.ringshard.cli.bank.csv;

import dev.ringshard.cli.command.FailureHandler;
import dev.ringshard.cli.screen.ExitCode;

/**
 * Why a load ended before the end of its files.
 *
 * @param reason for people
 */
record LoadStop(ExitCode exitCode, String reason) {
    static final LoadStop INTERRUPTED = new LoadStop(ExitCode.FAILED, "Stopped on request.");

    /** Something failed that has nothing to do with the line. */
    static LoadStop of(Throwable failure) {
        return new LoadStop(FailureHandler.exitCode(failure), FailureHandler.text(failure));
    }
}
