package dev.ringshard.config;

import dev.ringshard.failure.ConfigurationException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects problems and reports them together, in the order of the lines that they were found in. */
final class ProblemList implements Problems {
    /** The line of what does not come from a file, or is missing from it. */
    static final int NO_LINE = 0;

    private record Problem(int line, String sentence) {}

    private final List<Problem> problems = new ArrayList<>();

    @Override
    public void add(String key, String statement) {
        add(key, NO_LINE, statement);
    }

    void add(String key, int line, String statement) {
        String place = line == NO_LINE ? key : "%s (line %d)".formatted(key, line);
        addSentence(line, place + " " + statement);
    }

    void addSentence(int line, String sentence) {
        problems.add(new Problem(line, sentence));
    }

    int size() {
        return problems.size();
    }

    void throwIfAny(String where) {
        if (!problems.isEmpty()) {
            throw new ConfigurationException(
                    where,
                    problems.stream()
                            .sorted(Comparator.comparingInt(Problem::line))
                            .map(Problem::sentence)
                            .toList());
        }
    }
}
