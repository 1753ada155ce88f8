package dev.ringshard.cli.bank.csv;

import dev.ringshard.cli.bank.csv.LoadLine.Outcome;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Counts what comes of lines, and keeps the first that were refused. Thread-safe. */
final class LoadTally {
    private final int kept;
    private final Map<Outcome, Long> outcomes = new EnumMap<>(Outcome.class);
    private final Map<LoadKind, Long> refused = new EnumMap<>(LoadKind.class);
    private final TreeSet<RefusedLine> first = new TreeSet<>();

    /** @param kept how many refused lines to remember; all are counted */
    LoadTally(int kept) {
        this.kept = kept;
    }

    synchronized void done(Outcome outcome) {
        outcomes.merge(outcome, 1L, Long::sum);
    }

    synchronized void refused(RefusedLine line) {
        refused.merge(line.kind(), 1L, Long::sum);
        first.add(line);
        if (first.size() > kept) {
            first.pollLast();
        }
    }

    synchronized long count(Outcome outcome) {
        return outcomes.getOrDefault(outcome, 0L);
    }

    synchronized long refused(LoadKind kind) {
        return refused.getOrDefault(kind, 0L);
    }

    synchronized long allRefused() {
        return refused.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Lines that need not be looked at again: done, found done, or refused. */
    synchronized long lines() {
        return allRefused()
                + outcomes.values().stream().mapToLong(Long::longValue).sum();
    }

    /** The first refused lines, in order. */
    synchronized List<RefusedLine> refusedLines() {
        return List.copyOf(first);
    }
}
