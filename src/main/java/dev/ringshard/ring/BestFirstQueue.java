package dev.ringshard.ring;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Stretches by a value that never rises. Values are looked at again only when a stretch comes up, so of thousands only a
 * few are: if it is still at least the next one's, it is the greatest of all (the lazy greedy algorithm: Minoux, 1978).
 * For one thread.
 */
final class BestFirstQueue {

    private record Place(RangeNode stretch, double value) {}

    private final ToDoubleFunction<RangeNode> valuation;
    private final PriorityQueue<Place> greatestFirst = new PriorityQueue<>(
            Comparator.comparingDouble(Place::value).reversed().thenComparing(place -> place.stretch()
                    .range()));

    BestFirstQueue(ToDoubleFunction<RangeNode> valuation) {
        this.valuation = valuation;
    }

    /** Does nothing if the stretch has no value. */
    void add(RangeNode stretch) {
        double value = valuation.applyAsDouble(stretch);
        if (value > 0) {
            greatestFirst.add(new Place(stretch, value));
        }
    }

    /** Takes out the stretch of the greatest value; null if none has any. */
    @Nullable
    RangeNode takeBest() {
        Place place = greatestFirst.poll();
        while (place != null && valuation.applyAsDouble(place.stretch()) < place.value()) {
            add(place.stretch());
            place = greatestFirst.poll();
        }
        return place == null ? null : place.stretch();
    }
}
