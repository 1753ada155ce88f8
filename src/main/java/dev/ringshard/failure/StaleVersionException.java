package dev.ringshard.failure;

import org.jspecify.annotations.Nullable;

/** The customer has changed since the version that the caller read. Nothing was written. */
public final class StaleVersionException extends RingshardException {
    private static final long serialVersionUID = 1L;

    public StaleVersionException(String message) {
        this(message, null);
    }

    public StaleVersionException(String message, @Nullable Throwable cause) {
        super(Remedy.REFRESH_AND_RETRY, message, cause);
    }
}
