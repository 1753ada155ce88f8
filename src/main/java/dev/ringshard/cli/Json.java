package dev.ringshard.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reports as JSON. */
final class Json {
    private static final ObjectMapper MAPPER = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private Json() {}

    /** An object with its keys in the order in which they are put; for one thread. */
    static final class Fields extends LinkedHashMap<String, @Nullable Object> {
        private static final long serialVersionUID = 1L;

        /** Amounts of money are text, so that nobody reads them as floating point. */
        Fields with(String key, @Nullable Object value) {
            put(key, value instanceof BigDecimal amount ? amount.toPlainString() : value);
            return this;
        }
    }

    static Fields fields() {
        return new Fields();
    }

    static String text(Map<String, ?> report) {
        try {
            return MAPPER.writeValueAsString(report);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("A report could not be written as JSON", impossible);
        }
    }
}
