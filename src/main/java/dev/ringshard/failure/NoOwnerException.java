package dev.ringshard.failure;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The shard asked does not own the token, or no shard that answered does. Nothing was written. The router follows such
 * an answer by itself; it reaches the caller when no owner turned up within the time that the call may wait.
 */
public final class NoOwnerException extends RingshardException {
    private static final long serialVersionUID = 1L;

    private final @Nullable String owner;

    /** @param owner the shard that the answering one handed the token to, if it knows */
    public NoOwnerException(String message, @Nullable String owner, @Nullable Throwable cause) {
        super(Remedy.RETRY_LATER, message, cause);
        this.owner = owner;
    }

    /** The shard that the answering one handed the token to; empty if it did not, or no longer knows. */
    public Optional<String> owner() {
        return Optional.ofNullable(owner);
    }
}
