package dev.ringshard.config;

import java.util.List;
import java.util.Map;

/** A piece of a YAML document, with the line that it begins in; in a mapping, the line of its key. */
sealed interface YamlNode {
    int line();

    /** What a message calls it. */
    String called();

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
