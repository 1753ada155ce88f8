package dev.ringshard.failure;

import org.jspecify.annotations.Nullable;

/** A shard that the call needs does not answer. Nothing was written; keys on other shards are not affected. */
public final class ShardUnavailableException extends RingshardException {
    private static final long serialVersionUID = 1L;

    private final String shard;
    private final boolean lost;
    private final String why;

    private ShardUnavailableException(
            String shard, boolean lost, String why, String advice, @Nullable Throwable cause) {
        super(Remedy.RETRY_LATER, why + " " + advice, cause);
        this.shard = shard;
        this.lost = lost;
        this.why = why;
    }

    /**
     * The shard gave no connection.
     *
     * @param why what happened, in whole sentences
     * @param advice what is now true of the data, and what to do, in whole sentences
     */
    public static ShardUnavailableException unreachable(
            String shard, String why, String advice, @Nullable Throwable cause) {
        return new ShardUnavailableException(shard, false, why, advice, cause);
    }

    /** The shard gave a connection, and lost it before a commit was sent; as {@link #unreachable}. */
    public static ShardUnavailableException lost(String shard, String why, String advice, @Nullable Throwable cause) {
        return new ShardUnavailableException(shard, true, why, advice, cause);
    }

    /** The configured name of the shard that did not answer; several, separated by commas, if it may be any of them. */
    public String shard() {
        return shard;
    }

    /** What happened, without what that means for the call: the beginning of the message. */
    public String why() {
        return why;
    }

    /**
     * Whether there was a connection, which was lost before a commit was sent. The database has undone what was done
     * on it, so the work can be repeated on another.
     */
    public boolean wasLost() {
        return lost;
    }
}
