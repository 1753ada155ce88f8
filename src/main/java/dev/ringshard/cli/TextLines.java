package dev.ringshard.cli;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** The lines of a UTF-8 text with their numbers, in constant memory whatever the text is. For one thread. */
final class TextLines implements Closeable {
    /** No sound line comes near: names and keys have at most a few hundred characters. */
    static final int LONGEST = 65_536;

    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private final BufferedReader reader;
    private final Deque<Line> pushedBack = new ArrayDeque<>();
    private long number;

    /**
     * One line.
     *
     * @param number counted from 1
     * @param text without its end; of a line that is too long, its beginning
     */
    record Line(long number, String text, boolean isTooLong) {}

    TextLines(InputStream bytes) {
        reader = new BufferedReader(new InputStreamReader(bytes, StandardCharsets.UTF_8));
    }

    /** The next line; empty at the end. */
    Optional<Line> next() throws IOException {
        return pushedBack.isEmpty() ? read() : Optional.of(pushedBack.removeFirst());
    }

    /** Lines to be returned again, in this order. */
    void pushBack(List<Line> lines) {
        for (int i = lines.size() - 1; i >= 0; i--) {
            pushedBack.addFirst(lines.get(i));
        }
    }

    private Optional<Line> read() throws IOException {
        StringBuilder text = new StringBuilder();
        boolean tooLong = false;
        int c = reader.read();
        if (c < 0) {
            return Optional.empty();
        }
        for (; c >= 0 && c != '\n'; c = reader.read()) {
            if (text.length() < LONGEST) {
                text.append((char) c);
            } else {
                tooLong = true;
            }
        }
        number++;
        return Optional.of(new Line(number, withoutMarks(text), tooLong));
    }

    private String withoutMarks(StringBuilder text) {
        if (text.length() > 0 && text.charAt(text.length() - 1) == '\r') {
            text.setLength(text.length() - 1);
        }
        if (number == 1 && text.length() > 0 && text.charAt(0) == BYTE_ORDER_MARK) {
            text.deleteCharAt(0);
        }
        return text.toString();
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
