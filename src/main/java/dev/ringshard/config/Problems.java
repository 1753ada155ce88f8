package dev.ringshard.config;

import dev.ringshard.internal.config.Durations;
import java.time.Duration;
import java.util.regex.Pattern;

/** Where rules put what they find; each reader knows by itself where its keys stand. */
@FunctionalInterface
interface Problems {
    Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,62}");

    /**
     * Notes that a key has a problem.
     *
     * @param key the key, relative to where these problems are looked for
     * @param statement how the sentence goes on after the key, such as "is 0: 1 to 10 is allowed."
     */
    void add(String key, String statement);

    default Problems under(String prefix) {
        return (key, statement) -> add(prefix + "." + key, statement);
    }

    default void requireName(String key, String value) {
        if (!NAME.matcher(value).matches()) {
            add(
                    key,
                    "is %s: 1 to 63 letters, digits, '_', '.' and '-' are allowed, the first a letter or digit."
                            .formatted(Excerpt.value(value)));
        }
    }

    default void requireBetween(String key, int value, int least, int most) {
        if (value < least || value > most) {
            add(key, "is %d: a whole number from %d to %d is allowed.".formatted(value, least, most));
        }
    }

    default void requireBetween(String key, Duration value, Duration least, Duration most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            add(
                    key,
                    "is %s: %s to %s is allowed."
                            .formatted(Durations.text(value), Durations.text(least), Durations.text(most)));
        }
    }
}
