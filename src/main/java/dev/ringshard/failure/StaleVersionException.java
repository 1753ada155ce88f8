package dev.ringshard.failure;

import org.jspecify.annotations.Nullable;

/** What was to be changed has changed since the version that the caller read. Nothing was written. */
public final class StaleVersionException extends RingshardException {
    private static final long serialVersionUID = 1L;

    public StaleVersionException(String message) {
        this(message, null);
    }

    public StaleVersionException(String message, @Nullable Throwable cause) {
        super(Remedy.REFRESH_AND_RETRY, message, cause);
    }
}
