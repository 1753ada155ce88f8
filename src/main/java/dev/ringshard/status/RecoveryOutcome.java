package dev.ringshard.status;

import java.util.List;

/**
 * What a recovery tidied up.
 *
 * @param finished committed handovers that were met
 * @param dropped staged copies that no mover could activate any more
 * @param purged ranges whose rows were deleted
 * @param remaining what is left all the same, on the shards that answered: a mover is at work on it, or it needs a
 *     shard that did not answer
 * @param unreachable the shards that did not answer
 * @param behind versions of reference tables that shards still lack
 * @param delivered messages between keys that a process which died had not delivered
 * @param withLoss the shards that were set back in time, have lost what was written there since, and were taken as they are, as that
 *     was decided and nothing contradicts what is left of them
 * @param undecided the shards that have lost what was written there, about which nobody has decided, or which are contradicted; if
 *     there are any, nothing was changed on any shard
 */
public record RecoveryOutcome(
        int finished,
        int dropped,
        int purged,
        int remaining,
        List<String> unreachable,
        int behind,
        int delivered,
        List<String> withLoss,
        List<String> undecided) {
    /** Without messages, and without a loss. */
    public RecoveryOutcome(int finished, int dropped, int purged, int remaining, List<String> unreachable) {
        this(finished, dropped, purged, remaining, unreachable, 0, 0, List.of(), List.of());
    }

    /** The same with shards that were set back. */
    public RecoveryOutcome withLoss(List<String> shards) {
        return new RecoveryOutcome(
                finished, dropped, purged, remaining, unreachable, behind, delivered, shards, undecided);
    }

    /** The same with shards about whose loss nobody has decided. */
    public RecoveryOutcome withUndecided(List<String> shards) {
        return new RecoveryOutcome(
                finished, dropped, purged, remaining, unreachable, behind, delivered, withLoss, shards);
    }

    /** The same with messages that were delivered. */
    public RecoveryOutcome withDelivered(int messages) {
        return new RecoveryOutcome(
                finished, dropped, purged, remaining, unreachable, behind, messages, withLoss, undecided);
    }

    /** The same with versions of reference tables that shards still lack. */
    public RecoveryOutcome withBehind(int versions) {
        return new RecoveryOutcome(
                finished, dropped, purged, remaining, unreachable, versions, delivered, withLoss, undecided);
    }

    public RecoveryOutcome {
        unreachable = List.copyOf(unreachable);
        withLoss = List.copyOf(withLoss);
        undecided = List.copyOf(undecided);
    }
}
