package dev.ringshard.chaos;

import java.util.Map;
import java.util.TreeMap;

/** Counts what happens in a run, by who or what it concerns. Thread-safe. */
final class Tally {
    private final Map<String, Map<String, Long>> counts = new TreeMap<>();

    synchronized void add(String whose, String what, long number) {
        counts.computeIfAbsent(whose, name -> new TreeMap<>()).merge(what, number, Long::sum);
    }

    /** A copy. */
    synchronized Map<String, Map<String, Long>> counts() {
        Map<String, Map<String, Long>> copy = new TreeMap<>();
        counts.forEach((whose, each) -> copy.put(whose, Map.copyOf(each)));
        return copy;
    }
}
