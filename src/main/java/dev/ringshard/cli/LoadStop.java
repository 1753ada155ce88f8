package dev.ringshard.cli;

import dev.ringshard.failure.RingshardException;

/**
 * Why a load ended before the end of its files.
 *
 * @param reason for people
 */
record LoadStop(ExitCode exitCode, String reason) {
    static final LoadStop INTERRUPTED = new LoadStop(ExitCode.FAILED, "Stopped on request.");

    /** Something failed that has nothing to do with the line. */
    static LoadStop of(Throwable failure) {
        String message = String.valueOf(failure.getMessage());
        return new LoadStop(
                ExitCode.of(failure),
                failure instanceof RingshardException
                        ? message
                        : "Unexpected failure, %s: %s"
                                .formatted(failure.getClass().getSimpleName(), message));
    }
}
