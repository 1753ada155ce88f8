package dev.ringshard.verify;

import java.util.ArrayList;
import java.util.List;

/**
 * Findings of one kind: how many there are, and some of them.
 *
 * @param count how many there are
 * @param examples some of them, or all, each different from the others
 */
public record Occurrences<T>(long count, List<T> examples) {

    public Occurrences {
        examples = List.copyOf(examples);
    }

    /** Whether there is nothing of the kind. */
    public boolean isNone() {
        return count == 0;
    }

    /** Nothing of the kind. */
    static <T> Occurrences<T> none() {
        return new Occurrences<>(0, List.of());
    }

    static <T> Occurrences<T> of(List<T> all, int limit) {
        return new Occurrences<>(all.size(), all.subList(0, Math.min(limit, all.size())));
    }

    Occurrences<T> plus(Occurrences<T> other, int limit) {
        List<T> both = new ArrayList<>(examples);
        both.addAll(other.examples);
        return new Occurrences<>(count + other.count, both.subList(0, Math.min(limit, both.size())));
    }
}
