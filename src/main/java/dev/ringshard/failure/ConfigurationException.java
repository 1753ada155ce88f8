package dev.ringshard.failure;

import java.util.List;

/** The configuration cannot be used. All problems found are reported at once, in the order of the configuration. */
public final class ConfigurationException extends RingshardException {
    private static final long serialVersionUID = 1L;

    private final transient List<String> problems;

    /**
     * @param where what was read, such as a file's name
     * @param problems one sentence each: the key, the value found, and what is allowed; never a secret
     */
    public ConfigurationException(String where, List<String> problems) {
        super(Remedy.FIX_INPUT, message(where, problems), null);
        this.problems = List.copyOf(problems);
    }

    private static String message(String where, List<String> problems) {
        String count = problems.size() == 1 ? "1 problem" : problems.size() + " problems";
        return "%s: %s. Nothing was opened or written.%n  - %s"
                .formatted(where, count, String.join(System.lineSeparator() + "  - ", problems));
    }

    /** One sentence for each problem; empty on a copy that was deserialised. */
    public List<String> problems() {
        return problems == null ? List.of() : problems;
    }
}
