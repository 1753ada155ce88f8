package dev.ringshard.cli;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import dev.ringshard.cli.TextLines.Line;
import dev.ringshard.failure.InvalidInputException;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A CSV file with a header, read record by record. A record that is broken costs only its own line: if a quote is opened
 * and not closed soon, what follows is read as if it had not been opened. For one thread.
 */
final class CsvFile implements Closeable {
    private static final int MOST_LINES = 20;
    private static final String REPLACEMENT = "\uFFFD";

    private final String name;
    private final CountedBytes bytes;
    private final TextLines lines;
    private final Map<String, Integer> columns = new HashMap<>();

    private CsvFile(String name, CountedBytes bytes) {
        this.name = name;
        this.bytes = bytes;
        this.lines = new TextLines(bytes);
    }

    /**
     * Opens a file and reads its header.
     *
     * @throws InvalidInputException if there is no such file, or a column is missing
     */
    static CsvFile open(Path file, List<String> required) {
        try {
            if (Files.isDirectory(file)) {
                throw unusable(file, "is a directory", "Name the file in it");
            }
            if (!Files.isReadable(file)) {
                throw unusable(file, "does not exist or may not be read", "Correct the name");
            }
            CsvFile csv = new CsvFile(String.valueOf(file.getFileName()), new CountedBytes(file));
            csv.readHeader(file, required);
            return csv;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static InvalidInputException unusable(Path file, String what, String remedy) {
        return new InvalidInputException("%s %s. Nothing was loaded. %s.".formatted(file, what, remedy));
    }

    private void readHeader(Path file, List<String> required) throws IOException {
        String wanted = String.join(",", required);
        List<String> header = lines.next()
                .flatMap(line -> parsed(line.text()))
                .orElseThrow(() -> unusable(file, "is empty", "Its first line must be a header with " + wanted));
        for (String column : header) {
            columns.put(column.strip(), columns.size());
        }
        String missing =
                required.stream().filter(column -> !columns.containsKey(column)).collect(Collectors.joining(", "));
        if (columns.size() < header.size()) {
            throw unusable(file, "names a column twice", "Its first line must be a header with " + wanted);
        }
        if (!missing.isEmpty()) {
            throw unusable(file, "has no column " + missing, "Its first line must be a header with " + wanted);
        }
    }

    /** The next record; empty at the end. Empty lines are left out. */
    Optional<CsvLine> next() {
        try {
            Optional<Line> line = lines.next();
            while (line.isPresent() && line.get().text().isEmpty()) {
                line = lines.next();
            }
            return line.isPresent() ? Optional.of(record(line.get())) : Optional.empty();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private CsvLine record(Line first) throws IOException {
        if (first.isTooLong()) {
            return broken(first, "the line has more than %d characters".formatted(TextLines.LONGEST));
        }
        List<Line> more = new ArrayList<>();
        StringBuilder text = new StringBuilder(first.text());
        while (isOpen(text) && more.size() < MOST_LINES) {
            Optional<Line> next = lines.next();
            if (next.isEmpty()) {
                break;
            }
            more.add(next.get());
            text.append('\n').append(next.get().text());
        }
        CsvLine record = isOpen(text) ? broken(first, "a quote is opened and not closed") : record(first, text);
        if (!record.fault().isEmpty()) {
            lines.pushBack(more);
        }
        return record;
    }

    private CsvLine record(Line first, CharSequence text) {
        if (text.toString().contains(REPLACEMENT)) {
            return broken(first, "the line is not in UTF-8");
        }
        Optional<List<String>> fields = parsed(text.toString());
        if (fields.isEmpty()) {
            return broken(first, "there is text behind a closing quote");
        }
        int count = fields.get().size();
        return count == columns.size()
                ? new CsvLine(name, first.number(), columns, fields.get(), "")
                : broken(first, "the line has %d columns, the header %d".formatted(count, columns.size()));
    }

    private CsvLine broken(Line first, String fault) {
        return new CsvLine(name, first.number(), columns, List.of(), fault);
    }

    private static boolean isOpen(CharSequence text) {
        return text.chars().filter(c -> c == '"').count() % 2 == 1;
    }

    /** Empty if it cannot be parsed, or holds nothing. */
    private static Optional<List<String>> parsed(String text) {
        if (text.isBlank()) {
            return Optional.empty();
        }
        try {
            return Optional.of(CsvReader.builder()
                    .allowExtraCharsAfterClosingQuote(false)
                    .ofSingleCsvRecord(text)
                    .getFields());
        } catch (CsvParseException broken) {
            return Optional.empty();
        }
    }

    /** How large it is, and how much of it was read. */
    CountedBytes bytes() {
        return bytes;
    }

    @Override
    public void close() {
        try {
            lines.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
