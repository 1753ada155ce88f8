package dev.ringshard.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A piece of a YAML document, with the line that it begins in; in a mapping, the line of its key. */
sealed interface YamlNode {
    int line();

    /** What a message calls it. */
    String called();

    /** What has been read elsewhere: a text, a list, or a map. */
    static YamlNode of(Object value) {
        if (value instanceof Map<?, ?> map) {
            return mapping(map);
        }
        return value instanceof List<?> list
                ? new Sequence(list.stream().map(YamlNode::of).toList(), ProblemList.NO_LINE)
                : new Text(value.toString(), ProblemList.NO_LINE);
    }

    static Mapping mapping(Map<?, ?> map) {
        Map<String, YamlNode> entries = new LinkedHashMap<>();
        map.forEach((key, value) -> entries.put(key.toString(), of(value)));
        return new Mapping(entries, ProblemList.NO_LINE);
    }

    /** A single value, with its text as it was written, so that 0123 stays 0123. */
    record Text(String text, int line) implements YamlNode {
        @Override
        public String called() {
            return "a single value";
        }
    }

    /** A key without a value. */
    record Nothing(int line) implements YamlNode {
        @Override
        public String called() {
            return "empty";
        }
    }

    /** A reference to a value elsewhere in the document. */
    record Alias(int line) implements YamlNode {
        @Override
        public String called() {
            return "an alias (*name), which is not supported";
        }
    }

    record Sequence(List<YamlNode> items, int line) implements YamlNode {
        @Override
        public String called() {
            return "a list";
        }
    }

    record Mapping(Map<String, YamlNode> entries, int line) implements YamlNode {
        @Override
        public String called() {
            return "a mapping";
        }
    }
}
