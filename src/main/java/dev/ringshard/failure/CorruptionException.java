package dev.ringshard.failure;

import org.jspecify.annotations.Nullable;

/** The stored data contradicts what Ringshard guarantees. */
public final class CorruptionException extends RingshardException {
    private static final long serialVersionUID = 1L;

    public CorruptionException(String message) {
        this(message, null);
    }

    public CorruptionException(String message, @Nullable Throwable cause) {
        super(Remedy.STOP_AND_CALL, message, cause);
    }
}
