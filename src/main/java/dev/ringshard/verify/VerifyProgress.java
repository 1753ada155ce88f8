package dev.ringshard.verify;

/** Is told how far a verification has come, now and then, by several threads. */
@FunctionalInterface
public interface VerifyProgress {
    /** For those who do not want to know. */
    VerifyProgress NONE = (rows, estimated) -> {};

    /**
     * So many rows were read.
     *
     * @param estimated how many there are, as the databases guess; 0 if they cannot
     */
    void rows(long rows, long estimated);
}
