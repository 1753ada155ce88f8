package dev.ringshard.ring;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Ranges by a value that never rises. Values are looked at again only when a range comes up, so of thousands only a
 * few are: if it is still at least the next one's, it is the greatest of all (the lazy greedy algorithm: Minoux, 1978).
 * For one thread.
 */
final class BestFirstQueue {

    private record Candidate(RangeNode node, double value) {}

    private final ToDoubleFunction<RangeNode> valuation;
    private final PriorityQueue<Candidate> greatestFirst =
            new PriorityQueue<>(Comparator.comparingDouble(Candidate::value)
                    .reversed()
                    .thenComparing(candidate -> candidate.node().range()));

    BestFirstQueue(ToDoubleFunction<RangeNode> valuation) {
        this.valuation = valuation;
    }

    /** Does nothing if the range has no value. */
    void add(RangeNode node) {
        double value = valuation.applyAsDouble(node);
        if (value > 0) {
            greatestFirst.add(new Candidate(node, value));
        }
    }

    /** Takes out the range of the greatest value; null if none has any. */
    @Nullable
    RangeNode takeBest() {
        Candidate best = greatestFirst.poll();
        while (best != null && valuation.applyAsDouble(best.node()) < best.value()) {
            add(best.node());
            best = greatestFirst.poll();
        }
        return best == null ? null : best.node();
    }
}
