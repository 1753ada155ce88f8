package dev.ringshard.cli.bank.csv;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import dev.ringshard.cli.bank.csv.Utf8Lines.Line;
import dev.ringshard.cli.screen.Numbers;
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
 * and not closed soon, what follows is read as if it had not been opened. In a file whose header ends as on Windows, line
 * breaks in quotes lose their carriage returns; in any other, what is in quotes is taken as it is. For one thread.
 */
final class CsvFile implements Closeable {
    /** A key of 255 characters and two names of 200 that are nothing but line breaks. */
    private static final int MOST_LINE_BREAKS = 655;

    private final String name;
    private final CountingInputStream bytes;
    private final Utf8Lines lines;
    private final Map<String, Integer> columns = new HashMap<>();
    private boolean isFromWindows;

    private CsvFile(String name, CountingInputStream bytes) {
        this.name = name;
        this.bytes = bytes;
        this.lines = new Utf8Lines(bytes);
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
            CsvFile csv = new CsvFile(String.valueOf(file.getFileName()), new CountingInputStream(file));
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
        Optional<Line> first = lines.next();
        isFromWindows = first.filter(Line::endsAsOnWindows).isPresent();
        List<String> header = first.filter(line -> !line.text().isBlank())
                .flatMap(line -> parsed(line.text()))
                .orElseThrow(() -> unusable(file, "is empty", "Its first line must be a header with " + wanted));
        if (header.size() == 1 && header.get(0).matches("(?s).*[;\t].*")) {
            throw unusable(file, "has columns that are parted by semicolons or tabs", "Part them by commas");
        }
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
        List<Line> more = new ArrayList<>();
        StringBuilder text = new StringBuilder(first.text());
        boolean isOpen = opensQuote(first);
        Line last = first;
        while (isOpen && more.size() < MOST_LINE_BREAKS && last.fault().isEmpty()) {
            Optional<Line> next = lines.next();
            if (next.isEmpty()) {
                break;
            }
            text.append(isFromWindows ? "\n" : last.end()).append(next.get().text());
            last = next.get();
            more.add(last);
            isOpen ^= opensQuote(last);
        }
        CsvLine record = record(first, text.toString(), isOpen, last);
        if (!record.fault().isEmpty()) {
            lines.pushBack(more);
        }
        return record;
    }

    private CsvLine record(Line first, String text, boolean isOpen, Line last) {
        if (!first.fault().isEmpty()) {
            return broken(first, "the line " + first.fault());
        }
        if (!last.fault().isEmpty()) {
            return broken(first, "a quote is opened, and line %d %s".formatted(last.number(), last.fault()));
        }
        if (isOpen) {
            return broken(first, "a quote is opened and not closed");
        }
        if (returnsOutsideOfQuotes(text)) { // where the parser would take the record for ended
            return broken(first, "a carriage return stands outside of quotes");
        }
        Optional<List<String>> fields = parsed(text);
        if (fields.isEmpty()) {
            return broken(first, "there is text behind a closing quote");
        }
        int count = fields.get().size();
        return count == columns.size()
                ? new CsvLine(name, first.number(), columns, fields.get(), "")
                : broken(
                        first,
                        "the line has %s, the header %d"
                                .formatted(Numbers.count(count, "column", "columns"), columns.size()));
    }

    private CsvLine broken(Line first, String fault) {
        return new CsvLine(name, first.number(), columns, List.of(), fault);
    }

    private static boolean returnsOutsideOfQuotes(String text) {
        boolean isQuoted = false;
        for (int i = 0; i < text.length(); i++) {
            isQuoted ^= text.charAt(i) == '"';
            if (text.charAt(i) == '\r' && !isQuoted) {
                return true;
            }
        }
        return false;
    }

    private static boolean opensQuote(Line line) {
        return line.text().chars().filter(c -> c == '"').count() % 2 == 1;
    }

    /** Empty if it cannot be parsed. */
    private static Optional<List<String>> parsed(String text) {
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
    CountingInputStream bytes() {
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
