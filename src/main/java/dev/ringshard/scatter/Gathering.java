package dev.ringshard.scatter;

import dev.ringshard.failure.ShardUnavailableException;
import dev.ringshard.internal.ownership.HeldRanges;
import dev.ringshard.internal.ownership.KnownRanges;
import dev.ringshard.internal.ownership.OwnedRange;
import dev.ringshard.internal.ownership.OwnedRangeTable;
import dev.ringshard.internal.ownership.ShardRanges;
import dev.ringshard.internal.routes.Routes;
import dev.ringshard.internal.shard.Parallel;
import dev.ringshard.internal.shard.Retry;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.ring.TokenMap;
import dev.ringshard.ring.TokenRange;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One read over several shards under way: the parts that are there, and which must be read again because rows moved
 * between their snapshots. Confined to one thread.
 */
final class Gathering<T> {
    private final Routes routes;
    private final PartReader<T> reader;
    private final Retry retry;
    private final ExecutorService executor;
    private final Map<Shard, Part<T>> parts = new LinkedHashMap<>();
    private final Set<Shard> missing;
    private final RangeCache ranges;
    private final Runnable judge;
    private final Map<Shard, Long> departedBefore;

    /** What one shard answered, and what it owned in the same snapshot. */
    private record Part<T>(HeldRanges held, @Nullable T answer) {
        /** Of a shard that has left the cluster. */
        static <T> Part<T> nothing() {
            return new Part<>(HeldRanges.NONE, null);
        }

        List<OwnedRange> owned() {
            return held.owned();
        }
    }

    /** @param judge has shards compared with each other whose servers have changed */
    Gathering(
            Routes routes,
            PartReader<T> reader,
            Retry retry,
            ExecutorService executor,
            RangeCache ranges,
            Runnable judge) {
        this.routes = routes;
        this.reader = reader;
        this.retry = retry;
        this.executor = executor;
        this.missing = new LinkedHashSet<>(routes.silent());
        this.ranges = ranges;
        this.judge = judge;
        this.departedBefore = ranges.departuresBefore(open());
    }

    /**
     * Reads every shard whose part is not there.
     *
     * @throws ShardUnavailableException if one does not answer
     */
    void read() {
        routes.requireAllAnswered();
        Parallel.forEach(executor, open(), this::read).forEach((shard, outcome) -> parts.put(shard, outcome.get()));
    }

    /** As {@link #read()}; shards that do not answer are missing from then on. */
    void readAvailable() {
        Parallel.forEach(executor, open(), this::read).forEach((shard, outcome) -> {
            if (outcome.failure() instanceof ShardUnavailableException) {
                missing.add(shard);
            } else {
                parts.put(shard, outcome.get());
            }
        });
    }

    private Set<Shard> open() {
        Set<Shard> open = new LinkedHashSet<>(routes.members().keySet());
        open.removeAll(parts.keySet());
        open.removeAll(missing);
        return open;
    }

    private Part<T> read(Shard shard) {
        return retry.run(() -> shard.isRetired() ? Part.<T>nothing() : readOwned(shard), failure -> {
            if (shard.hasChanged()) {
                judge.run();
            }
        });
    }

    private Part<T> readOwned(Shard shard) {
        long since = Objects.requireNonNull(departedBefore.get(shard));
        KnownRanges known = ranges.known(shard);
        Optional<T> answer = reader.ifStill(known, shard);
        if (answer.isPresent()) {
            return new Part<>(known.held(), answer.get());
        }
        return shard.snapshot(transaction -> {
            shard.requireUnchanged();
            KnownRanges now = KnownRanges.in(transaction, since);
            shard.requireUnchanged(now.held().isRestored());
            ranges.seen(shard, now);
            return new Part<>(now.held(), reader.work().run(new ShardPart(transaction, now.held())));
        });
    }

    Coverage coverage() {
        return ranges.coverage(parts.values().stream().map(Part::held).toList());
    }

    /** Whether what is not covered can only be on the missing shards; of one that never answered, anything can. */
    boolean coversAllButTheMissing() {
        if (!routes.members().keySet().containsAll(missing)) {
            return coverage().doubled().isEmpty() && nothingMoves();
        }
        List<TokenRange> theirs = routes.owners().entries().stream()
                .filter(entry -> missing.contains(entry.value()))
                .map(TokenMap.Entry::range)
                .toList();
        return coverage().isExactBut(theirs);
    }

    /** Whether the shards that answered own what they owned, and nothing is on its way to or from them. */
    boolean nothingMoves() {
        return Parallel.forEach(executor, List.copyOf(parts.keySet()), this::isStill).values().stream()
                .allMatch(outcome -> outcome.failure() == null && outcome.get());
    }

    private boolean isStill(Shard shard) {
        ShardRanges now = shard.snapshot(reading -> ShardRanges.of(reading.dsl()));
        return now.leftovers().total() == 0
                && now.owned().equals(Objects.requireNonNull(parts.get(shard)).owned());
    }

    /** What the shards have answered. */
    Map<Shard, T> answers() {
        Map<Shard, T> answers = new LinkedHashMap<>();
        parts.forEach((shard, part) -> {
            if (part.answer() != null) {
                answers.put(shard, part.answer());
            }
        });
        return answers;
    }

    /** Forgets the parts of shards that have to be read again. */
    void drop(Set<Shard> shards) {
        parts.keySet().removeAll(shards);
    }

    /** Forgets the parts of shards that own something else by now. */
    void dropWhatChanged() {
        Parallel.forEach(executor, List.copyOf(parts.keySet()), this::hasChanged)
                .forEach((shard, outcome) -> {
                    if (outcome.failure() != null || outcome.get()) {
                        parts.remove(shard);
                    }
                });
    }

    private boolean hasChanged(Shard shard) {
        List<OwnedRange> now = shard.snapshot(transaction -> OwnedRangeTable.all(transaction.dsl()));
        return !now.equals(Objects.requireNonNull(parts.get(shard)).owned());
    }

    Gathered<T> gathered() {
        Map<String, T> answers = new LinkedHashMap<>();
        answers().forEach((shard, answer) -> answers.put(shard.name(), answer));
        return new Gathered<>(answers, names(missing));
    }

    private static Set<String> names(Set<Shard> shards) {
        return shards.stream().map(Shard::name).sorted().collect(Collectors.toCollection(LinkedHashSet::new));
    }
}
