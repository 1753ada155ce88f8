package dev.ringshard.failure;

import org.jspecify.annotations.Nullable;

/** Several keys were to share a transaction, and no one shard owns them all. Nothing was written. */
public final class KeysOnDifferentShardsException extends RingshardException {
    private static final long serialVersionUID = 1L;

    public KeysOnDifferentShardsException(String message) {
        this(message, null);
    }

    public KeysOnDifferentShardsException(String message, @Nullable Throwable cause) {
        super(Remedy.FIX_INPUT, message, cause);
    }
}
