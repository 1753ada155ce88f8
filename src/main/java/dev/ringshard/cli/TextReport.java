package dev.ringshard.cli;

import java.util.List;
import java.util.Map;

/**
 * A text that is to be saved or run as it is.
 *
 * @param key what it is called in JSON
 */
record TextReport(String key, String text) implements Report {
    @Override
    public List<String> lines(Look look) {
        return text.lines().toList();
    }

    @Override
    public Map<String, ?> json() {
        return Json.fields().with(key, text);
    }
}
