package dev.ringshard.cli.bank.csv;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * The lines of a UTF-8 text with their numbers, in constant memory whatever the text is. A line ends with a line feed, a
 * carriage return, or both in the order of Windows. For one thread.
 */
final class Utf8Lines implements Closeable {
    /** No sound line comes near: names and keys have at most a few hundred characters. */
    static final int LONGEST_BYTES = 65_536;

    static final String NOT_UTF_8 = "is not in UTF-8";

    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private final InputStream bytes;
    private final Deque<Line> pushedBack = new ArrayDeque<>();
    private long number;

    /**
     * One line.
     *
     * @param number counted from 1
     * @param text without its end; of a line that is too long, its beginning
     * @param end the characters that ended it; of the last line perhaps none
     * @param fault why it cannot be used, as the rest of a sentence that begins with the line; empty if it can
     */
    record Line(long number, String text, String end, String fault) {
        /** Whether it was written on Windows. */
        boolean endsAsOnWindows() {
            return end.equals("\r\n");
        }
    }

    Utf8Lines(InputStream bytes) {
        this.bytes = new BufferedInputStream(bytes, LONGEST_BYTES);
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
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        int next = bytes.read();
        if (next < 0) {
            return Optional.empty();
        }
        boolean isTooLong = false;
        for (; next >= 0 && next != '\n' && next != '\r'; next = bytes.read()) {
            if (line.size() < LONGEST_BYTES) {
                line.write(next);
            } else {
                isTooLong = true;
            }
        }
        number++;
        return Optional.of(line(line.toByteArray(), end(next), isTooLong));
    }

    private String end(int last) throws IOException {
        if (last != '\r') {
            return last < 0 ? "" : "\n";
        }
        bytes.mark(1);
        if (bytes.read() == '\n') {
            return "\r\n";
        }
        bytes.reset();
        return "\r";
    }

    private Line line(byte[] line, String end, boolean isTooLong) {
        String fault = isTooLong ? "has more than %d bytes".formatted(LONGEST_BYTES) : "";
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(line))
                    .toString();
        } catch (CharacterCodingException malformed) {
            text = new String(line, StandardCharsets.UTF_8);
            fault = isTooLong ? fault : NOT_UTF_8;
        }
        boolean isMarked = number == 1 && text.startsWith(BYTE_ORDER_MARK);
        return new Line(number, isMarked ? text.substring(1) : text, end, fault);
    }

    @Override
    public void close() throws IOException {
        bytes.close();
    }
}
