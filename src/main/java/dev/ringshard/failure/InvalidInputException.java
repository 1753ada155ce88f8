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
}
