package dev.ringshard.failure;

import org.jspecify.annotations.Nullable;

/** A shard that the call needs does not answer. Nothing was written; keys on other shards are not affected. */
public final class ShardUnavailableException extends RingshardException {
    private static final long serialVersionUID = 1L;

    private final String shard;

    public ShardUnavailableException(String shard, String message, @Nullable Throwable cause) {
        super(Remedy.RETRY_LATER, message, cause);
        this.shard = shard;
    }

    /** The configured name of the shard that did not answer. */
    public String shard() {
        return shard;
    }
}
