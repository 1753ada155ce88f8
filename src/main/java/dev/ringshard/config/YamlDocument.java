package dev.ringshard.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.reader.ReaderException;

/**
 * Reads a YAML document into {@link YamlNode}s. Jackson's own tree would be shorter, but keeps neither lines nor more
 * than one duplicate key, and reads an alias as a text.
 */
final class YamlDocument {
    private static final YAMLFactory YAML = new YAMLFactory();

    private final YAMLParser parser;
    private final ProblemList problems;

    private YamlDocument(YAMLParser parser, ProblemList problems) {
        this.parser = parser;
        this.problems = problems;
    }

    /** The document's root; empty if it is no YAML, which the problems then say. */
    static Optional<YamlNode> read(String yaml, ProblemList problems) {
        try (YAMLParser parser = YAML.createParser(yaml)) {
            return Optional.of(new YamlDocument(parser, problems).root());
        } catch (JsonProcessingException notYaml) {
            add(problems, notYaml);
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("A text in memory could not be read", e);
        }
    }

    private YamlNode root() throws IOException {
        if (parser.nextToken() == null) {
            return new YamlNode.Nothing(ProblemList.NO_LINE);
        }
        YamlNode root = node("", ProblemList.NO_LINE);
        if (parser.nextToken() != null) {
            problems.addSentence(line(), "Line %d begins a second document: one is allowed.".formatted(line()));
        }
        return root;
    }

    private YamlNode node(String path, int line) throws IOException {
        if (parser.isCurrentAlias()) {
            return new YamlNode.Alias(line);
        }
        JsonToken token = parser.currentToken();
        if (token == JsonToken.START_OBJECT) {
            return mapping(path, line);
        }
        if (token == JsonToken.START_ARRAY) {
            return sequence(path, line);
        }
        return token == JsonToken.VALUE_NULL ? new YamlNode.Nothing(line) : new YamlNode.Text(parser.getText(), line);
    }

    private YamlNode mapping(String path, int line) throws IOException {
        Map<String, YamlNode> entries = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            int keyLine = line();
            String keyPath = path.isEmpty() ? key : path + "." + key;
            parser.nextToken();
            YamlNode earlier = entries.putIfAbsent(key, node(keyPath, keyLine));
            if (earlier != null) {
                problems.add(keyPath, keyLine, "is there already in line %d: give it once.".formatted(earlier.line()));
            }
        }
        return new YamlNode.Mapping(entries, line);
    }

    private YamlNode sequence(String path, int line) throws IOException {
        List<YamlNode> items = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            items.add(node("%s[%d]".formatted(path, items.size()), line()));
        }
        return new YamlNode.Sequence(items, line);
    }

    private int line() {
        return parser.currentTokenLocation().getLineNr();
    }

    /** Never the parser's own message: it quotes the lines around, and one of them may hold a password. */
    private static void add(ProblemList problems, JsonProcessingException notYaml) {
        if (notYaml.getCause() instanceof MarkedYAMLException marked && marked.getProblemMark() != null) {
            int line = marked.getProblemMark().getLine() + 1;
            int column = marked.getProblemMark().getColumn() + 1;
            problems.addSentence(
                    line, "Line %d, column %d is not YAML: %s.".formatted(line, column, marked.getProblem()));
        } else if (notYaml.getCause() instanceof ReaderException character) {
            problems.addSentence(
                    ProblemList.NO_LINE,
                    "The text contains the character U+%04X, which YAML does not allow."
                            .formatted(character.getCodePoint()));
        } else {
            problems.addSentence(ProblemList.NO_LINE, "The text cannot be read as YAML.");
        }
    }
}
