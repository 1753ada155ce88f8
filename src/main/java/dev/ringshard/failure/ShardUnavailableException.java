package dev.ringshard.failure;

import org.jspecify.annotations.Nullable;

/** A shard that the call needs does not answer. Nothing was written; keys on other shards are not affected. */
public final class ShardUnavailableException extends RingshardException {
    private static final long serialVersionUID = 1L;

    private final String shard;
    private final boolean lost;

    private ShardUnavailableException(String shard, boolean lost, String message, @Nullable Throwable cause) {
        super(Remedy.RETRY_LATER, message, cause);
        this.shard = shard;
        this.lost = lost;
    }

    /** The shard gave no connection. */
    public static ShardUnavailableException unreachable(String shard, String message, @Nullable Throwable cause) {
        return new ShardUnavailableException(shard, false, message, cause);
    }

    /** The shard gave a connection, and lost it before a commit was sent. */
    public static ShardUnavailableException lost(String shard, String message, @Nullable Throwable cause) {
        return new ShardUnavailableException(shard, true, message, cause);
    }

    /** The configured name of the shard that did not answer; several, separated by commas, if it may be any of them. */
    public String shard() {
        return shard;
    }

    /**
     * Whether there was a connection, which was lost before a commit was sent. The database has undone what was done
     * on it, so the work can be repeated on another.
     */
    public boolean wasLost() {
        return lost;
    }
}
