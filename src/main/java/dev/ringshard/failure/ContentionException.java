package dev.ringshard.failure;

import org.jspecify.annotations.Nullable;

/** Others held the same rows for longer than the call may wait. Nothing was written. */
public final class ContentionException extends RingshardException {
    private static final long serialVersionUID = 1L;

    public ContentionException(String message) {
        this(message, null);
    }

    public ContentionException(String message, @Nullable Throwable cause) {
        super(Remedy.RETRY_LATER, message, cause);
    }
}
