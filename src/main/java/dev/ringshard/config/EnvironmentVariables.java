package dev.ringshard.config;

import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Puts environment variables into values: {@code ${NAME}}, or {@code ${NAME:default}} where the variable need not be
 * set. {@code $${NAME}} means {@code ${NAME}} literally. A variable that is set to nothing is set. What a variable holds
 * is taken as it is, so that a password may contain any of these.
 */
final class EnvironmentVariables {
    private static final Pattern REFERENCE = Pattern.compile("(\\$)?\\$\\{(?:([A-Za-z_][A-Za-z0-9_]*)(?::([^}]*))?})?");

    /** For values that have been put together already, and are taken as they are. */
    static final EnvironmentVariables NONE_IN_VALUES = new EnvironmentVariables(Map.of(), false);

    private final Map<String, String> variables;
    private final boolean areInValues;

    EnvironmentVariables(Map<String, String> variables) {
        this(Map.copyOf(variables), true);
    }

    private EnvironmentVariables(Map<String, String> variables, boolean areInValues) {
        this.variables = variables;
        this.areInValues = areInValues;
    }

    /**
     * The value with the variables in it.
     *
     * @param problem told how a sentence about the value goes on; never what the value or a variable holds
     */
    String substitute(String value, Consumer<String> problem) {
        if (!areInValues) {
            return value;
        }
        return REFERENCE
                .matcher(value)
                .replaceAll(reference -> Matcher.quoteReplacement(resolve((Matcher) reference, problem)));
    }

    private String resolve(Matcher reference, Consumer<String> problem) {
        String name = reference.group(2);
        String fallback = reference.group(3);
        if (reference.group(1) != null) {
            return reference.group().substring(1);
        }
        if (name == null) {
            problem.accept(
                    "has a '${' that begins neither ${NAME} nor ${NAME:default}: write '$${' to mean it literally.");
            return "";
        }
        String set = variables.get(name);
        if (set == null && fallback == null) {
            problem.accept("needs the environment variable %s, which is not set: set it, or write ${%s:default}."
                    .formatted(name, name));
        }
        return set != null ? set : fallback != null ? fallback : "";
    }
}
