package dev.ringshard.cli.screen;

import java.util.List;
import java.util.Map;

/**
 * A text to be saved or run as it is.
 *
 * @param key its name in JSON
 */
public record TextReport(String key, String text) implements Report {
    @Override
    public List<String> lines(ScreenStyle style) {
        return text.lines().toList();
    }

    @Override
    public Map<String, ?> json() {
        return ReportJson.fields().with(key, text);
    }
}
