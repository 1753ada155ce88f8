package dev.ringshard.config;

import dev.ringshard.internal.config.Durations;
import dev.ringshard.internal.config.NearestName;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** One mapping of a YAML document: hands out its values by key and type, and notes what is wrong with them. */
final class Section implements Problems {
    private final String path;
    private final YamlNode.Mapping mapping;
    private final EnvironmentVariables environment;
    private final ProblemList problems;

    Section(String path, YamlNode.Mapping mapping, EnvironmentVariables environment, ProblemList problems) {
        this.path = path;
        this.mapping = mapping;
        this.environment = environment;
        this.problems = problems;
    }

    @Override
    public void add(String key, String statement) {
        YamlNode node = mapping.entries().get(key);
        problems.add(path(key), node == null ? mapping.line() : node.line(), statement);
    }

    void allow(String... keys) {
        List<String> known = List.of(keys);
        mapping.entries().keySet().stream()
                .filter(key -> !known.contains(key))
                .forEach(key -> add(
                        key,
                        NearestName.to(key, known)
                                .map("is no known key: did you mean '%s'?"::formatted)
                                .orElse("is no known key: %s are allowed.".formatted(listed(known)))));
    }

    /** Empty if the key is missing, which then is a problem, or if its value is one. */
    Optional<String> required(String key, String allowed) {
        if (!has(key)) {
            add(key, "is missing: " + allowed + " is required.");
        }
        return text(key);
    }

    /** Empty if the key is missing or its value is a problem. */
    Optional<String> text(String key) {
        YamlNode node = mapping.entries().get(key);
        if (!has(key) || node == null) {
            return Optional.empty();
        }
        if (!(node instanceof YamlNode.Text text)) {
            add(key, "is %s: a single value is allowed.".formatted(node.called()));
            return Optional.empty();
        }
        int before = problems.size();
        String value = environment.substitute(text.text(), statement -> add(key, statement));
        return problems.size() == before ? Optional.of(value) : Optional.empty();
    }

    int wholeNumber(String key, int otherwise) {
        return value(key, "a whole number", Integer::valueOf).orElse(otherwise);
    }

    double number(String key, double otherwise) {
        return value(key, "a number", text -> new BigDecimal(text).doubleValue())
                .orElse(otherwise);
    }

    Duration duration(String key, Duration otherwise) {
        return duration(key).orElse(otherwise);
    }

    /** Empty if the key is missing or its value is a problem. */
    Optional<Duration> duration(String key) {
        return value(key, "a duration such as 250ms, 5s or 1m", text -> Durations.parse(text)
                .orElseThrow(() -> new IllegalArgumentException("no duration")));
    }

    /** Empty if the key is missing or its value is a problem. */
    <T> Optional<T> value(String key, String allowed, Function<String, T> reader) {
        return text(key).flatMap(text -> {
            try {
                return Optional.of(reader.apply(text));
            } catch (IllegalArgumentException e) {
                add(key, "is %s: %s is allowed.".formatted(Excerpt.value(text), allowed));
                return Optional.empty();
            }
        });
    }

    /** A section without entries if the key is missing or its value is a problem. */
    Section section(String key) {
        return section(path(key), mapping.entries().getOrDefault(key, new YamlNode.Nothing(mapping.line())));
    }

    /** No sections if the key is missing or its value is a problem. */
    List<Section> sections(String key) {
        Section items = items(key);
        return items.mapping.entries().keySet().stream().map(items::section).toList();
    }

    /**
     * The items of a list as a section with keys such as {@code names[0]}; without any if the key is missing or its value
     * is a problem.
     */
    Section items(String key) {
        YamlNode node = mapping.entries().getOrDefault(key, new YamlNode.Nothing(mapping.line()));
        Map<String, YamlNode> items = new LinkedHashMap<>();
        if (node instanceof YamlNode.Sequence sequence) {
            sequence.items().forEach(item -> items.put("%s[%d]".formatted(key, items.size()), item));
        } else if (has(key)) {
            add(key, "is %s: a list is allowed.".formatted(node.called()));
        }
        return new Section(path, new YamlNode.Mapping(items, node.line()), environment, problems);
    }

    /** All values by their keys, in their order, but for those that are a problem; one that is empty is one. */
    Map<String, String> texts(String allowed) {
        Map<String, String> texts = new LinkedHashMap<>();
        mapping.entries().keySet().forEach(key -> required(key, allowed).ifPresent(text -> texts.put(key, text)));
        return texts;
    }

    private Section section(String at, YamlNode node) {
        if (node instanceof YamlNode.Mapping inner) {
            return new Section(at, inner, environment, problems);
        }
        if (!(node instanceof YamlNode.Nothing)) {
            problems.add(at, node.line(), "is %s: a mapping of keys to values is allowed.".formatted(node.called()));
        }
        return new Section(at, new YamlNode.Mapping(Map.of(), node.line()), environment, problems);
    }

    String path() {
        return path;
    }

    private String path(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    Set<String> keys() {
        return mapping.entries().keySet();
    }

    boolean isMapping(String key) {
        return mapping.entries().get(key) instanceof YamlNode.Mapping;
    }

    boolean has(String key) {
        return mapping.entries().containsKey(key) && !(mapping.entries().get(key) instanceof YamlNode.Nothing);
    }

    private static String listed(List<String> keys) {
        int last = keys.size() - 1;
        return String.join(", ", keys.subList(0, last)) + " and " + keys.get(last);
    }
}
