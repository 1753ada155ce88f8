package dev.ringshard.verify;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** Counts, and keeps the first few that are not alike. For one thread. */
final class FindingCounter<T> {
    private final int limit;
    private final Set<T> examples = new LinkedHashSet<>();
    private long count;

    FindingCounter(int limit) {
        this.limit = limit;
    }

    void add(Supplier<T> example) {
        count++;
        if (examples.size() < limit) {
            examples.add(example.get());
        }
    }

    Occurrences<T> found() {
        return new Occurrences<>(count, List.copyOf(examples));
    }
}
