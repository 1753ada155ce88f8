package dev.ringshard.internal.ring;

import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.ring.TokenRange;

/**
 * One range that changes hands.
 *
 * @param source the shard that owns all of it
 * @param target the shard that should; another one
 */
public record RangeMove(TokenRange range, String source, String target) {

    /** @throws InvalidInputException if source and target are the same */
    public RangeMove {
        if (source.equals(target)) {
            throw new InvalidInputException("The range " + range + " cannot move from shard " + source
                    + " to itself. Nothing was read or written. Leave it out of the plan.");
        }
    }
}
