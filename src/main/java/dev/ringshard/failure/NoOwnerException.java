package dev.ringshard.failure;

import org.jspecify.annotations.Nullable;

/** No shard that answered owns the token, and none turned up within the time that the call may wait. Nothing was written. */
public final class NoOwnerException extends RingshardException {
    private static final long serialVersionUID = 1L;

    public NoOwnerException(String message) {
        this(message, null);
    }

    public NoOwnerException(String message, @Nullable Throwable cause) {
        super(Remedy.RETRY_LATER, message, cause);
    }
}
