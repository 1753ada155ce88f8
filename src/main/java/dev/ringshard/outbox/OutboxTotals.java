package dev.ringshard.outbox;

import java.time.Duration;
import java.util.Optional;

/**
 * What is on its way.
 *
 * @param pending messages that have not arrived, or are not known to have; also the dead
 * @param dead those whose handler has failed too often; {@code recover} tries them once more
 * @param oldest how long ago the first of them was sent; empty if there are none
 */
public record OutboxTotals(long pending, long dead, Optional<Duration> oldest) {
    static final OutboxTotals NOTHING = new OutboxTotals(0, 0, Optional.empty());

    OutboxTotals plus(OutboxTotals other) {
        Optional<Duration> older = oldest.isEmpty()
                        || other.oldest
                                .map(age -> age.compareTo(oldest.get()) > 0)
                                .orElse(false)
                ? other.oldest
                : oldest;
        return new OutboxTotals(pending + other.pending, dead + other.dead, older);
    }
}
