package dev.ringshard.cli;

/**
 * Why a load ended before the end of its files.
 *
 * @param reason for people
 */
record LoadStop(ExitCode exitCode, String reason) {
    static final LoadStop INTERRUPTED = new LoadStop(ExitCode.FAILED, "Stopped on request.");

    /** Something failed that has nothing to do with the line. */
    static LoadStop of(Throwable failure) {
        return new LoadStop(ExitCode.of(failure), Failures.text(failure));
    }
}
