package dev.ringshard.ownership;

import dev.ringshard.ownership.HandoverTables.Committed;
import dev.ringshard.shard.Shard;
import dev.ringshard.shard.ShardTransaction;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The two steps of a handover that follow the point of no return: activate on the target, forget on the source. Both do
 * nothing unless the epoch is exactly theirs, so anybody who meets a committed handover may do them, at any time, as
 * slowly as they like, and all at once.
 */
public final class Finisher {
    private static final Duration LOCK_TIMEOUT = Duration.ofSeconds(5);

    private Finisher() {}

    /**
     * Finishes what is committed on a source and goes to one target.
     *
     * @return how many handovers were met
     */
    public static int finish(Shard source, Shard target) {
        List<Committed> committed = committed(source).stream()
                .filter(handover -> handover.target().equals(target.name()))
                .toList();
        if (!committed.isEmpty()) {
            activate(target, committed);
            forget(source, committed);
        }
        return committed.size();
    }

    /**
     * Finishes whatever is committed on a source, to all targets that are configured.
     *
     * @return how many handovers were met
     */
    public static int finish(Shard source, Function<String, Optional<Shard>> byName) {
        return committed(source).stream()
                .map(Committed::target)
                .distinct()
                .flatMap(target -> byName.apply(target).stream())
                .mapToInt(target -> finish(source, target))
                .sum();
    }

    private static List<Committed> committed(Shard source) {
        return source.snapshot(transaction -> HandoverTables.committed(transaction.dsl()));
    }

    /** Step 5: begins the target's ownership of what was staged there with exactly these epochs. */
    public static void activate(Shard target, List<Committed> handovers) {
        commit(
                target,
                transaction -> handovers.forEach(
                        handover -> HandoverTables.activate(transaction.dsl(), handover.range(), handover.epoch())));
    }

    /** Step 6: forgets the handovers on their source. Only after {@link #activate} has committed. */
    public static void forget(Shard source, List<Committed> handovers) {
        commit(
                source,
                transaction -> handovers.forEach(
                        handover -> HandoverTables.finish(transaction.dsl(), handover.range(), handover.epoch())));
    }

    private interface Change {
        void in(ShardTransaction transaction);
    }

    private static void commit(Shard shard, Change change) {
        try (ShardTransaction transaction = shard.beginMove(LOCK_TIMEOUT)) {
            transaction.run(changing -> {
                change.in(changing);
                return true;
            });
            transaction.commit();
        }
    }
}
