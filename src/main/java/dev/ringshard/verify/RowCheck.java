package dev.ringshard.verify;

import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.routing.Router;
import java.util.OptionalLong;

/** Judges the rows of one shard by their keys and tokens. */
record RowCheck(Router router, RingState ring, Holdings holdings) {

    boolean owns(long token) {
        return holdings.owns(token);
    }

    boolean hides(long token) {
        return holdings.hides(token);
    }

    /** Whether neither the shard nor a move accounts for the token. */
    boolean isStray(long token) {
        return !holdings.owns(token) && !holdings.hides(token);
    }

    boolean fits(String key, long token) {
        try {
            return router.token(key) == token;
        } catch (InvalidInputException noKey) {
            return false;
        }
    }

    /** Empty if no key can be like that. */
    OptionalLong tokenOf(String key) {
        try {
            return OptionalLong.of(router.token(key));
        } catch (InvalidInputException noKey) {
            return OptionalLong.empty();
        }
    }

    /**
     * Whether another shard may have rows of the same key. If the ring is covered once, and a row is where its key
     * belongs, that cannot be.
     *
     * @param fits whether the token is the key's
     */
    boolean mayBeShared(long token, boolean fits) {
        return !hides(token)
                && (!fits || isStray(token) || ring.coverage().doubled().contains(token));
    }
}
