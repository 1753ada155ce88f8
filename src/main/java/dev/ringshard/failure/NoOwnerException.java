package dev.ringshard.failure;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The shard asked does not own the token, or no shard that answered does. Nothing was written. The router follows such
 * an answer by itself; it reaches the caller when no owner turned up within the time that the call may wait.
 */
public final class NoOwnerException extends RingshardException {
    private static final long serialVersionUID = 1L;

    private final @Nullable String shard;
    private final @Nullable String owner;

    /** No shard that answered owns the token. */
    public NoOwnerException(String message) {
        this(message, null, null, null);
    }

    /**
     * A shard refused the token.
     *
     * @param shard the shard that refused
     * @param owner the shard that it handed the token to, if it knows
     */
    public NoOwnerException(String message, @Nullable String shard, @Nullable String owner, @Nullable Throwable cause) {
        super(Remedy.RETRY_LATER, message, cause);
        this.shard = shard;
        this.owner = owner;
    }

    /** The shard that refused the token; empty if none did. */
    public Optional<String> shard() {
        return Optional.ofNullable(shard);
    }

    /** The shard that the answering one handed the token to; empty if it did not, or no longer knows. */
    public Optional<String> owner() {
        return Optional.ofNullable(owner);
    }
}
