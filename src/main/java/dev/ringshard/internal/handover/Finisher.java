package dev.ringshard.internal.handover;

import dev.ringshard.failure.CorruptionException;
import dev.ringshard.failure.ForeignShardException;
import dev.ringshard.internal.ownership.CommittedHandover;
import dev.ringshard.internal.ownership.HandoverHistoryTable.Measured;
import dev.ringshard.internal.ownership.HandoverTable;
import dev.ringshard.internal.ownership.Membership;
import dev.ringshard.internal.ownership.MembershipTable;
import dev.ringshard.internal.ownership.OwnedRangeTable;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.ShardTransaction;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jooq.Record;
import org.jooq.Result;

/**
 * The two steps of a handover that follow the point of no return: activate on the target, forget on the source. Both do
 * nothing unless the epoch is exactly theirs, so any process that meets a committed handover may do them, at any time, as
 * slowly as they like, and all at once.
 */
public final class Finisher {
    /** For which movers wait for a lock of a target, or of what others tidy up. */
    static final Duration LOCK_TIMEOUT = Duration.ofSeconds(5);

    private Finisher() {}

    /**
     * Finishes what is committed on a source and goes to one target.
     *
     * @return how many handovers were met
     * @throws ForeignShardException if the target is another shard than the one that the rows went to
     */
    public static int finish(Shard source, Shard target) {
        return finish(read(source), source, target);
    }

    /**
     * Finishes whatever is committed on a source, to all targets that are configured, if the database user may.
     *
     * @return whether it might; if not, nothing was tried, and another process has to
     */
    public static boolean finish(Shard source, Function<String, Optional<Shard>> byName) {
        Pending pending = read(source);
        if (!pending.mayFinish) {
            return false;
        }
        pending.handovers.stream()
                .map(CommittedHandover::target)
                .distinct()
                .flatMap(target -> byName.apply(target).stream())
                .forEach(target -> finish(pending, source, target));
        return true;
    }

    private static int finish(Pending pending, Shard source, Shard target) {
        List<CommittedHandover> committed = pending.handovers.stream()
                .filter(handover -> handover.target().equals(target.name()))
                .toList();
        if (!committed.isEmpty()) {
            List<CommittedHandover> activated = activate(target, pending.cluster, committed);
            forget(source, activated, Optional.empty());
            if (activated.size() < committed.size()) {
                throw unknownTo(target, source, committed.size() - activated.size());
            }
        }
        return committed.size();
    }

    /**
     * What is committed on a shard of a cluster.
     *
     * @param mayFinish true where there is nothing to finish
     */
    private record Pending(String cluster, List<CommittedHandover> handovers, boolean mayFinish) {}

    private static Pending read(Shard source) {
        return Objects.requireNonNull(source.snapshot(transaction -> {
            List<CommittedHandover> handovers = HandoverTable.all(transaction.dsl());
            return new Pending(
                    MembershipTable.find(transaction.dsl())
                            .map(Membership::cluster)
                            .orElse(""),
                    handovers,
                    handovers.isEmpty() || OwnedRangeTable.mayChange(transaction.dsl()));
        }));
    }

    private static List<CommittedHandover> activate(Shard target, String cluster, List<CommittedHandover> handovers) {
        try (ShardTransaction transaction = begin(target, cluster, LOCK_TIMEOUT)) {
            return activate(transaction, handovers);
        }
    }

    /** Of a target that did not take what was handed over to it. */
    static CorruptionException unknownTo(Shard target, Shard source, int handovers) {
        return new CorruptionException(
                "Shard %1$s knows nothing of %3$s that shard %2$s has handed over to it: it does not own that, has no copy of it, and has not handed it on. It was set back in time, by a restored backup or a standby that lagged. Nothing was forgotten and nothing deleted: %2$s still has the rows. Bring %1$s to a state after the handover; do not delete anything on %2$s."
                        .formatted(
                                target.name(),
                                source.name(),
                                handovers == 1 ? "a range" : "%,d ranges".formatted(handovers)));
    }

    /**
     * Begins a transaction for {@link #activate(ShardTransaction, List)}, which the caller must close.
     *
     * <p>INVARIANT: only on the shard that the rows go to. On another database under its name there is nothing to
     * activate, and the handover would then be forgotten although no shard owns the range.
     *
     * @throws ForeignShardException if the target is another shard
     */
    public static ShardTransaction begin(Shard target, String cluster, Duration lockTimeout) {
        ShardTransaction transaction = target.beginMove(lockTimeout);
        try {
            boolean meant = transaction.run(looking -> MembershipTable.find(looking.dsl())
                    .filter(membership -> membership.isShard(cluster, target.name()))
                    .isPresent());
            if (!meant) {
                throw new ForeignShardException("""
                        The database configured as %s is not that shard of cluster %s. Nothing was changed; rows that were \
                        handed over to %s are safe on the database that they were staged on. Correct the url of %s.""".formatted(target.name(), cluster, target.name(), target.name()));
            }
            return transaction;
        } catch (RuntimeException failure) {
            transaction.close();
            throw failure;
        }
    }

    /**
     * Begins the target's ownership of what was staged there with exactly these epochs, and commits.
     *
     * @return those that the target demonstrably took, now or before; only they may be forgotten
     */
    public static List<CommittedHandover> activate(ShardTransaction target, List<CommittedHandover> handovers) {
        return activate(
                target,
                handovers,
                target.ask(List.of(HandoverTarget.holding(target.dsl(), handovers)))
                        .get(0));
    }

    /**
     * As {@link #activate(ShardTransaction, List)}.
     *
     * @param held the answer to {@link HandoverTarget#holding}
     */
    static List<CommittedHandover> activate(
            ShardTransaction target, List<CommittedHandover> handovers, Result<? extends Record> held) {
        List<CommittedHandover> taken =
                target.run(activating -> HandoverTarget.activate(activating.dsl(), handovers, held)
                        ? handovers
                        : HandoverTarget.taken(activating.dsl(), handovers));
        target.commit();
        return taken;
    }

    /**
     * Forgets the handovers on their source, and writes them into its history. Only those that
     * {@link #activate(ShardTransaction, List)} has returned: with the record, the last trace of the rows may go.
     *
     * @param measured what their mover measured; empty if another process finishes for it
     */
    public static void forget(Shard source, List<CommittedHandover> handovers, Optional<Measured> measured) {
        try (ShardTransaction transaction = source.beginTidying(LOCK_TIMEOUT)) {
            transaction.run(forgetting -> {
                HandoverSource.finish(forgetting.dsl(), handovers, source.name(), measured);
                return true;
            });
            transaction.commit();
        }
    }
}
