package dev.ringshard.failure;

import org.jspecify.annotations.Nullable;

/** A database is not the shard that the configuration takes it for: another cluster, name, hash, founding or schema. */
public final class ForeignShardException extends RingshardException {
    private static final long serialVersionUID = 1L;

    public ForeignShardException(String message) {
        this(message, null);
    }

    public ForeignShardException(String message, @Nullable Throwable cause) {
        super(Remedy.FIX_INPUT, message, cause);
    }
}
