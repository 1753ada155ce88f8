package dev.ringshard.scatter;

import dev.ringshard.failure.NoOwnerException;
import dev.ringshard.internal.shard.Parallel;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.ExecutorService;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * One snapshot on every shard, which together hold every row exactly once if their {@link #coverage} is exact. Closing
 * gives the connections back. Confined to one thread at a time.
 */
public final class Snapshots implements AutoCloseable {
    private final List<ShardPart> parts;
    private final Coverage coverage;
    private final ExecutorService executor;

    Snapshots(List<ShardPart> parts, Coverage coverage, ExecutorService executor) {
        this.parts = List.copyOf(parts);
        this.coverage = coverage;
        this.executor = executor;
    }

    /** The same, where some of what does not fit is known to be on the move only. */
    Snapshots withCoverage(Coverage known) {
        return new Snapshots(parts, known, executor);
    }

    /**
     * The same, for statements of Ringshard's own that read whole tables: a time limit that a role or a database sets is made for
     * its queries.
     */
    public Snapshots withoutTimeLimits() {
        try {
            parts.forEach(ShardPart::liftTimeLimits);
            return this;
        } catch (RuntimeException failure) {
            close();
            throw failure;
        }
    }

    /** How they cover the ring: exactly, unless they were asked for of any ring. */
    public Coverage coverage() {
        return coverage;
    }

    /** Whether all that the shards have in them is their own: nothing staged by a handover, and nothing left behind by one. */
    public boolean areAtRest() {
        return parts.stream().allMatch(ShardPart::isAtRest);
    }

    /** What is said to a query that would count rows that are on their way. */
    public NoOwnerException restless() {
        String shards = parts.stream()
                .filter(part -> !part.isAtRest())
                .map(ShardPart::shard)
                .collect(Collectors.joining(", "));
        return new NoOwnerException("""
                Rows are on their way: %s has some that are not its own, staged by a move or left behind by one, and the query \
                would count them. Nothing was returned. Leave them out by a condition, ringshard.is_owned(TOKEN), and it is exact \
                at any time; or repeat it once nothing moves. If no rebalance is under way, recover clears up what one left.""".formatted(shards));
    }

    /** The shards' parts, by the shards' names. */
    public List<ShardPart> parts() {
        return parts;
    }

    /** Runs the work on every part, all at once, each on a thread of its own; it runs once. */
    public <T> Gathered<T> gather(ShardPart.Work<T> work) {
        Map<String, T> answers = new LinkedHashMap<>();
        Parallel.forEach(executor, parts, part -> part.run(work))
                .forEach((part, outcome) -> answers.put(part.shard(), outcome.get()));
        return new Gathered<>(answers, Set.of());
    }

    /**
     * The rows of all parts, one part after the other, fetched as they are asked for. Closing the stream closes the
     * snapshots.
     */
    public <T> Stream<T> stream(Function<ShardPart, Iterator<T>> rowsOfPart) {
        return stream(new Chain<>(parts.iterator(), rowsOfPart));
    }

    /**
     * The rows of all parts in one order, fetched as they are asked for; of equal rows, those of the first part first.
     * Closing the stream closes the snapshots.
     *
     * @param rowsOfPart gives them in that order
     */
    public <T> Stream<T> merged(Function<ShardPart, Iterator<T>> rowsOfPart, Comparator<T> order) {
        try {
            return stream(new Merge<>(parts.stream().map(rowsOfPart).toList(), order));
        } catch (RuntimeException failure) {
            close();
            throw failure;
        }
    }

    private <T> Stream<T> stream(Iterator<T> rows) {
        Spliterator<T> ordered = Spliterators.spliteratorUnknownSize(rows, Spliterator.ORDERED | Spliterator.NONNULL);
        return StreamSupport.stream(ordered, false).onClose(this::close);
    }

    /** One iterator after the other; unlike a flat map, it never holds more than one row. */
    private static final class Chain<T> implements Iterator<T> {
        private final Iterator<ShardPart> parts;
        private final Function<ShardPart, Iterator<T>> rowsOfPart;
        private Iterator<T> current = Collections.emptyIterator();

        private Chain(Iterator<ShardPart> parts, Function<ShardPart, Iterator<T>> rowsOfPart) {
            this.parts = parts;
            this.rowsOfPart = rowsOfPart;
        }

        @Override
        public boolean hasNext() {
            while (!current.hasNext() && parts.hasNext()) {
                current = rowsOfPart.apply(parts.next());
            }
            return current.hasNext();
        }

        @Override
        public T next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            return current.next();
        }
    }

    @Override
    public void close() {
        parts.forEach(ShardPart::close);
    }
}
