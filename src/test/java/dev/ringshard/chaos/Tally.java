package dev.ringshard.chaos;

import java.util.Map;
import java.util.TreeMap;

/** How often each fault has struck. Thread-safe. */
final class Tally {
    private final Map<String, Map<String, Integer>> strikes = new TreeMap<>();

    synchronized void struck(String actor, Fault fault) {
        strikes.computeIfAbsent(actor, name -> new TreeMap<>()).merge(fault.name(), 1, Integer::sum);
    }

    /** By actor and fault. */
    synchronized Map<String, Map<String, Integer>> strikes() {
        Map<String, Map<String, Integer>> copy = new TreeMap<>();
        strikes.forEach((actor, faults) -> copy.put(actor, Map.copyOf(faults)));
        return copy;
    }
}
