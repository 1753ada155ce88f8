package dev.ringshard.cli.screen;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reports as JSON. */
public final class ReportJson {
    private static final ObjectMapper MAPPER = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private ReportJson() {}

    /** An object with its keys in the order in which they are put; for one thread. */
    public static final class Fields extends LinkedHashMap<String, @Nullable Object> {
        private static final long serialVersionUID = 1L;

        /** Amounts of money are text, so that no reader takes them for floating point. */
        public Fields with(String key, @Nullable Object value) {
            put(key, value instanceof BigDecimal amount ? amount.toPlainString() : value);
            return this;
        }
    }

    public static Fields fields() {
        return new Fields();
    }

    /** How long writes waited, in milliseconds. */
    public static Fields pauseMillis(Duration median, Duration p99, Duration longest) {
        return fields().with("p50", Numbers.exactMillis(median))
                .with("p99", Numbers.exactMillis(p99))
                .with("max", Numbers.exactMillis(longest));
    }

    public static String text(Map<String, ?> report) {
        try {
            return MAPPER.writeValueAsString(report);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("A report could not be written as JSON", impossible);
        }
    }
}
