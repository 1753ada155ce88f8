package dev.ringshard.verify;

import java.util.ArrayList;
import java.util.List;

/**
 * What is wrong in one way.
 *
 * @param count how many there are
 * @param examples some of them, or all, each different from the others
 */
public record Found<T>(long count, List<T> examples) {

    public Found {
        examples = List.copyOf(examples);
    }

    /** Whether there is nothing of the kind. */
    public boolean isNone() {
        return count == 0;
    }

    /** Nothing of the kind. */
    static <T> Found<T> none() {
        return new Found<>(0, List.of());
    }

    static <T> Found<T> of(List<T> all, int limit) {
        return new Found<>(all.size(), all.subList(0, Math.min(limit, all.size())));
    }

    Found<T> plus(Found<T> other, int limit) {
        List<T> both = new ArrayList<>(examples);
        both.addAll(other.examples);
        return new Found<>(count + other.count, both.subList(0, Math.min(limit, both.size())));
    }
}
