package dev.ringshard.cli;

import dev.ringshard.failure.RingshardException;
import dev.ringshard.failure.SqlFailedException;

/** What the process ends with. The numbers are documented and never change. */
enum ExitCode {
    /** Done. */
    DONE(0),
    /** Failed; repeating the same command is safe. */
    FAILED(1),
    /** The arguments, the configuration or a file given cannot be used; nothing was done. */
    USAGE(2),
    /** Done, and something differs from what was expected or is left to do. */
    DIFFERENCES(3),
    /** It is not known whether the last change was made. */
    OUTCOME_UNKNOWN(4);

    private final int number;

    ExitCode(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }

    /** The code that a failure stands for. */
    static ExitCode of(Throwable failure) {
        if (failure instanceof RingshardException known) {
            return switch (known.remedy()) {
                case FIX_INPUT -> known instanceof SqlFailedException ? FAILED : USAGE;
                case REFRESH_AND_RETRY, RETRY_LATER -> FAILED;
                case ASK_FOR_OUTCOME -> OUTCOME_UNKNOWN;
                case STOP_AND_CALL -> DIFFERENCES;
            };
        }
        return failure instanceof CommandException own ? own.exitCode() : FAILED;
    }
}
