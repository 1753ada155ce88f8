package dev.ringshard.chaos;

import dev.ringshard.chaos.Operation.Post;
import dev.ringshard.chaos.Outcome.Applied;
import dev.ringshard.chaos.Outcome.Seen;
import dev.ringshard.chaos.Outcome.Summed;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What a run did and what came of it.
 *
 * @param counts how often each fault of each actor struck, and what else was counted
 * @param clients how many client processes there were, those that replaced killed ones included
 */
record ChaosReport(
        Script script,
        Map<String, Map<String, Long>> counts,
        int clients,
        History history,
        List<Violation> violations) {
    private static final int SHOWN = 20;

    String text() {
        return """

                Chaos: %d s, seed %d, %d shards, %d client processes of %d threads, %d customers
                Trouble
                %s
                Operations
                %s
                Verdict
                  %s
                """.formatted(
                        script.length().toSeconds(),
                        script.seed(),
                        script.weights().size(),
                        clients,
                        script.threads(),
                        script.population().customers(),
                        lines(counts),
                        lines(operations()),
                        verdict());
    }

    /** How many posts were applied, and reads answered. */
    long acknowledged() {
        return history.invocations().stream()
                .map(Invocation::outcome)
                .filter(outcome -> outcome instanceof Applied || outcome instanceof Seen || outcome instanceof Summed)
                .count();
    }

    /** How many operations of each kind had each outcome. */
    private Map<String, Map<String, Long>> operations() {
        Map<String, Map<String, Long>> operations = new TreeMap<>();
        for (Invocation invocation : history.invocations()) {
            operations
                    .computeIfAbsent(kind(invocation.operation()), kind -> new TreeMap<>())
                    .merge(name(invocation.outcome()), 1L, Long::sum);
        }
        return operations;
    }

    private static String kind(Operation operation) {
        if (operation instanceof Post post && post.isNoted()) {
            return post.isHeld() ? "Post, held" : "Post, noted";
        }
        return name(operation);
    }

    private static String name(Object of) {
        return of.getClass().getSimpleName();
    }

    /** A line for each who or what, with its counts. */
    static String lines(Map<String, Map<String, Long>> table) {
        return table.entrySet().stream()
                .map(row -> "  %-12s %s".formatted(row.getKey(), cells(row.getValue())))
                .collect(Collectors.joining("\n"));
    }

    private static String cells(Map<String, Long> cells) {
        return new TreeMap<>(cells)
                .entrySet().stream()
                        .map(cell -> "%s %,d".formatted(cell.getKey(), cell.getValue()))
                        .collect(Collectors.joining(", "));
    }

    private String verdict() {
        if (violations.isEmpty()) {
            return "Every customer is linearizable; each acknowledged post was applied once, each unknown one at most once."
                    + " Each transfer was done as a whole or not at all, and no total missed money that was on its way."
                    + " Every note is as it was written. No violation.";
        }
        return violations.size() + " violations. The first:\n  "
                + violations.stream().limit(SHOWN).map(Violation::toString).collect(Collectors.joining("\n  "));
    }
}
