package dev.ringshard.scatter;

import java.util.Collection;
import java.util.Comparator;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;

/**
 * Several sorted iterators as one: holds one row of each. Of equal rows, those of the first iterator come first.
 * Confined to one thread at a time.
 */
final class Merge<T> implements Iterator<T> {
    private final PriorityQueue<Head<T>> heads;

    /** The next row of an iterator, which is the one at {@code place}. */
    private record Head<T>(T row, int place, Iterator<T> rest) {}

    Merge(Collection<Iterator<T>> sorted, Comparator<T> order) {
        heads = new PriorityQueue<>(
                Comparator.comparing((Head<T> head) -> head.row, order).thenComparingInt(head -> head.place));
        int place = 0;
        for (Iterator<T> rows : sorted) {
            advance(rows, place++);
        }
    }

    private void advance(Iterator<T> rows, int place) {
        if (rows.hasNext()) {
            heads.add(new Head<>(rows.next(), place, rows));
        }
    }

    @Override
    public boolean hasNext() {
        return !heads.isEmpty();
    }

    @Override
    public T next() {
        Head<T> least = heads.poll();
        if (least == null) {
            throw new NoSuchElementException();
        }
        advance(least.rest, least.place);
        return least.row;
    }
}
