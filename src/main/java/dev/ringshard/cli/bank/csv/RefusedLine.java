package dev.ringshard.cli.bank.csv;

import dev.ringshard.cli.screen.Numbers;
import dev.ringshard.cli.screen.ScreenText;

/**
 * A record that was not loaded, most often of one line.
 *
 * @param line where it begins
 * @param last line, where it ends
 * @param reason never shows a customer's values
 */
record RefusedLine(LoadKind kind, String file, long line, long last, String reason) implements Comparable<RefusedLine> {

    /** Of a failure's message, what happened; what follows is for callers of the library. */
    static RefusedLine of(LoadInput.Item item, RuntimeException failure) {
        String reason = String.valueOf(failure.getMessage()).split("\\. ", 2)[0];
        return new RefusedLine(item.kind(), item.file(), item.number(), item.last(), reason.replaceFirst("\\.$", ""));
    }

    /** By file in the order of loading, then by line. */
    @Override
    public int compareTo(RefusedLine other) {
        int byKind = kind.compareTo(other.kind);
        return byKind != 0 ? byKind : Long.compare(line, other.line);
    }

    String text() {
        String lines = line == last
                ? "line " + Numbers.count(line)
                : "lines %s to %s".formatted(Numbers.count(line), Numbers.count(last));
        return "%s, %s: %s".formatted(file, lines, ScreenText.printable(reason));
    }
}
