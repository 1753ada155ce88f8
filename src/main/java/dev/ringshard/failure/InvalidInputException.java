package dev.ringshard.failure;

import org.jspecify.annotations.Nullable;

/** A value was refused before anything was done with it. */
public final class InvalidInputException extends RingshardException {
    private static final long serialVersionUID = 1L;

    public InvalidInputException(String message) {
        this(message, null);
    }

    public InvalidInputException(String message, @Nullable Throwable cause) {
        super(Remedy.FIX_INPUT, message, cause);
    }

    /** A call came after the cluster that it was meant for had been closed. */
    public static InvalidInputException closed() {
        return new InvalidInputException(
                "The cluster was closed before this call. Nothing was done. Open it again, or close it later.");
    }
}
