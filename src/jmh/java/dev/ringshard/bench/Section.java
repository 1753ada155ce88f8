package dev.ringshard.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A part of the results: a heading, sentences, tables, pictures. For one thread. */
final class Section {
    private final List<String> lines = new ArrayList<>();
    private final Map<String, String> pictures = new LinkedHashMap<>();

    Section(String heading) {
        lines.addAll(List.of("## " + heading, ""));
    }

    Section text(String sentence) {
        lines.addAll(List.of(sentence, ""));
        return this;
    }

    /** @param columns the headings; all but the first column hold numbers */
    Section table(List<String> columns, List<List<String>> rows) {
        lines.add("| " + String.join(" | ", columns) + " |");
        lines.add("|---|" + "---:|".repeat(columns.size() - 1));
        rows.forEach(row -> lines.add("| " + String.join(" | ", row) + " |"));
        lines.add("");
        return this;
    }

    /** @param file its name, without a directory */
    Section picture(String file, String description, String svg) {
        pictures.put(file, svg);
        lines.addAll(List.of("![%s](%s)".formatted(description, file), ""));
        return this;
    }

    String markdown() {
        return String.join("\n", lines);
    }

    Map<String, String> pictures() {
        return pictures;
    }
}
