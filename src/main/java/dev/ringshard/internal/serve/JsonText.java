package dev.ringshard.internal.serve;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** An object with its keys in the order in which they are put; for one thread. */
final class JsonText extends LinkedHashMap<String, @Nullable Object> {
    private static final long serialVersionUID = 1L;
    private static final ObjectMapper MAPPER = new ObjectMapper();

    JsonText with(String key, @Nullable Object value) {
        put(key, value);
        return this;
    }

    String text() {
        return text(this);
    }

    private static String text(Map<String, @Nullable Object> object) {
        try {
            return MAPPER.writeValueAsString(object);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("What was seen could not be written as JSON", impossible);
        }
    }

    static @Nullable Object orNull(OptionalLong number) {
        return number.isPresent() ? number.getAsLong() : null;
    }

    static @Nullable Double seconds(Optional<Duration> time) {
        return time.map(known -> known.toMillis() / 1e3).orElse(null);
    }

    static double millis(Duration time) {
        return Math.floor(time.toNanos() / 1e3) / 1e3;
    }
}
