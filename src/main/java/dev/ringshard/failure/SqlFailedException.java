package dev.ringshard.failure;

import org.jspecify.annotations.Nullable;

/** A shard refused a statement for a reason that Ringshard neither caused nor can mend. The transaction was rolled back. */
public final class SqlFailedException extends RingshardException {
    private static final long serialVersionUID = 1L;

    public SqlFailedException(String message) {
        this(message, null);
    }

    public SqlFailedException(String message, @Nullable Throwable cause) {
        super(Remedy.FIX_INPUT, message, cause);
    }
}
