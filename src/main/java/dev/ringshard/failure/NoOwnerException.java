package dev.ringshard.failure;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The shard asked does not own the token, or no shard that answered does. Nothing was written. The router follows such
 * an answer by itself; it reaches the caller when no owner turned up within the time that the call may wait.
 */
public final class NoOwnerException extends RingshardException {
    private static final long serialVersionUID = 1L;

    private final transient @Nullable Refusal refusal;

    /**
     * A shard's refusal of a token.
     *
     * @param token the token that it refused; null if it did not say
     * @param owner the shard that it handed the token to, if it did and still knows
     */
    public record Refusal(
            String shard, @Nullable Long token, @Nullable String owner) {}

    /** No shard that answered owns the token. */
    public NoOwnerException(String message) {
        super(Remedy.RETRY_LATER, message, null);
        this.refusal = null;
    }

    /** No shard that answered owns the token; an earlier failure says more. */
    public NoOwnerException(String message, NoOwnerException cause) {
        super(Remedy.RETRY_LATER, message, cause);
        this.refusal = null;
    }

    /** A shard refused the token. */
    public NoOwnerException(String message, Refusal refusal, @Nullable Throwable cause) {
        super(Remedy.RETRY_LATER, message, cause);
        this.refusal = refusal;
    }

    /** Who refused what; empty if no shard did, and on a copy that was deserialised. */
    public Optional<Refusal> refusal() {
        return Optional.ofNullable(refusal);
    }

    /** The shard that the refusing one handed the token to; empty if it did not, or no longer knows. */
    public Optional<String> owner() {
        return refusal().map(Refusal::owner);
    }
}
