package dev.ringshard.failure;

import org.jspecify.annotations.Nullable;

/**
 * The root of all that Ringshard throws on its own account. A message says what happened, the facts, what is now true
 * of the data, and what to do; {@link #remedy()} says the last of these to a program.
 */
public abstract sealed class RingshardException extends RuntimeException
        permits ConfigurationException,
                ContentionException,
                CorruptionException,
                CustomerExistsException,
                CustomerNotFoundException,
                ForeignShardException,
                InvalidInputException,
                KeysOnDifferentShardsException,
                NoOwnerException,
                OutcomeUnknownException,
                ShardUnavailableException,
                SqlFailedException,
                StaleVersionException {

    private static final long serialVersionUID = 1L;

    private final Remedy remedy;

    RingshardException(Remedy remedy, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.remedy = remedy;
    }

    /** What whoever catches this can do about it. */
    public final Remedy remedy() {
        return remedy;
    }
}
