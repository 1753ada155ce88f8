package dev.ringshard.cli.screen;

/** What the process ends with. The numbers are documented and never change. */
public enum ExitCode {
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

    public int number() {
        return number;
    }
}
