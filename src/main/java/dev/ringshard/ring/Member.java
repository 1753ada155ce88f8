package dev.ringshard.ring;

import dev.ringshard.failure.InvalidInputException;
import java.util.regex.Pattern;

/**
 * A shard's place in the ring.
 *
 * @param shard its name: 1 to 63 letters, digits, dots, underscores and hyphens, beginning with a letter or a digit. It
 *     never changes, because the shard's tokens are computed from it
 * @param weight how much of the ring it should own in proportion to the others; 0 means nothing (it is to be drained)
 */
public record Member(String shard, double weight) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,62}");

    /** @throws InvalidInputException if the name has another form, or the weight is negative or not finite */
    public Member {
        if (!NAME.matcher(shard).matches()) {
            throw new InvalidInputException("'" + shard + "' cannot name a shard. Nothing was read or written. Use 1 to"
                    + " 63 of A-Z a-z 0-9 _ . - and begin with a letter or a digit.");
        }
        if (!(weight >= 0) || Double.isInfinite(weight)) {
            throw new InvalidInputException("Shard " + shard + " has the weight " + weight
                    + ". Nothing was read or written. Use a finite number from 0 (owns nothing) upwards.");
        }
    }

    /** Whether it should own anything. */
    public boolean takesPart() {
        return weight > 0;
    }
}
