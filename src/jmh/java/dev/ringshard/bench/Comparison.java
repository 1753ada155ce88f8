package dev.ringshard.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * One kind of work done by Ringshard and by another, by turns in the same run.
 *
 * @param ratio Ringshard's rate to the other's in the same round: the median over the rounds
 * @param lowest of the rounds' ratios, and {@code highest}
 */
record Comparison(Workload work, Figures ringshard, Figures other, double ratio, double lowest, double highest) {

    static Comparison of(Workload work, List<Measurement> ringshard, List<Measurement> other) {
        List<Double> ratios = new ArrayList<>();
        for (int round = 0; round < ringshard.size(); round++) {
            ratios.add(ringshard.get(round).perSecond() / other.get(round).perSecond());
        }
        return new Comparison(
                work,
                Figures.of(ringshard),
                Figures.of(other),
                Figures.median(ratios),
                Collections.min(ratios),
                Collections.max(ratios));
    }
}
