package dev.ringshard.failure;

import org.jspecify.annotations.Nullable;

/**
 * The root of all that Ringshard throws on its own account. A message says what happened, the facts, what is now true
 * of the data, and what to do; {@link #remedy()} says the last of these to a program. Optional rooms add failures of their
 * own.
 */
public abstract class RingshardException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final Remedy remedy;

    protected RingshardException(Remedy remedy, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.remedy = remedy;
    }

    /** What code that catches this can do about it. */
    public final Remedy remedy() {
        return remedy;
    }
}
