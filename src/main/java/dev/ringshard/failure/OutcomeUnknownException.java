package dev.ringshard.failure;

import org.jspecify.annotations.Nullable;

/** The commit was sent and no answer came: the work was done once, or not at all. */
public final class OutcomeUnknownException extends RingshardException {
    private static final long serialVersionUID = 1L;

    public OutcomeUnknownException(String message) {
        this(message, null);
    }

    public OutcomeUnknownException(String message, @Nullable Throwable cause) {
        super(Remedy.ASK_FOR_OUTCOME, message, cause);
    }
}
