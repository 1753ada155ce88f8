package dev.ringshard.chaos;

import dev.ringshard.chaos.Operation.Post;
import dev.ringshard.chaos.Operation.Transfer;
import dev.ringshard.chaos.Outcome.AlreadyApplied;
import dev.ringshard.chaos.Outcome.Applied;
import dev.ringshard.chaos.Outcome.Done;
import dev.ringshard.chaos.Outcome.InTransit;
import dev.ringshard.chaos.Outcome.Insufficient;
import dev.ringshard.chaos.Outcome.Refunded;
import dev.ringshard.chaos.Outcome.Refused;
import dev.ringshard.chaos.Outcome.Unknown;
import java.util.List;
import java.util.OptionalLong;

/**
 * What a transfer is to each of its two customers: a debit of the payer, and a credit of the payee or a refund of the payer. Each
 * happens at a moment of its own, and what the transfer was answered says when that was at the latest.
 */
record TransferParts(Invocation invocation, Transfer transfer) {

    static Post debit(Transfer transfer) {
        return new Post(transfer.from(), transfer.fromAccount(), -transfer.cents(), transfer.id());
    }

    static Post credit(Transfer transfer) {
        return new Post(transfer.to(), transfer.toAccount(), transfer.cents(), transfer.id());
    }

    static Post refund(Transfer transfer) {
        return new Post(transfer.from(), transfer.fromAccount(), transfer.cents(), transfer.id() + "#refund");
    }

    /** As if a client had called for each by itself. */
    List<Invocation> invocations() {
        return List.of(
                part(debit(transfer), debited()),
                part(credit(transfer), credited()),
                part(refund(transfer), refunded()));
    }

    private Invocation part(Post post, Outcome outcome) {
        boolean isOpen = outcome instanceof Unknown;
        return new Invocation(
                invocation.client(),
                invocation.number(),
                invocation.called(),
                isOpen ? Invocation.NEVER : invocation.returned(),
                post,
                outcome);
    }

    private Outcome debited() {
        if (invocation.outcome() instanceof InTransit transit) {
            return new Done(OptionalLong.of(transit.balance()));
        }
        return invocation.outcome() instanceof Refunded ? new Done(OptionalLong.empty()) : invocation.outcome();
    }

    private Outcome credited() {
        Outcome outcome = invocation.outcome();
        if (outcome instanceof Applied || outcome instanceof AlreadyApplied) {
            return new Done(OptionalLong.empty());
        }
        return outcome instanceof Refunded || outcome instanceof Insufficient ? new Refused("never") : openOr(outcome);
    }

    private Outcome refunded() {
        Outcome outcome = invocation.outcome();
        if (outcome instanceof Refunded refunded) {
            return new Done(OptionalLong.of(refunded.balance()));
        }
        return outcome instanceof InTransit || outcome instanceof Unknown ? openOr(outcome) : new Refused("never");
    }

    private static Outcome openOr(Outcome outcome) {
        return outcome instanceof InTransit ? new Unknown("on its way") : outcome;
    }
}
