package dev.ringshard.cli.bank.csv;

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
 * A CSV file with a header, read record by record.
 *
 * <p>INVARIANT: every line that is not empty is part of exactly one record, sound or with a fault. Where quotes are
 * broken, the fault costs the first line only, and what follows is read as if it had not been opened; a record that is
 * well-formed and only does not fit stays whole, as what is quoted in it is nobody's line. In a file whose header ends
 * as on Windows, line breaks in quotes lose their carriage returns; in any other, what is in quotes is taken as it is.
 * For one thread.
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
        String remedy = "Its first line must be a header with " + String.join(",", required);
        Line first = lines.next()
                .filter(line -> !line.text().isEmpty() || !line.end().isEmpty()) // more than a byte order mark
                .orElseThrow(() -> unusable(file, "is empty", remedy));
        isFromWindows = first.endsAsOnWindows();
        List<String> header = header(file, first, remedy);
        if (header.size() == 1 && header.get(0).matches("(?s).*[;\t].*")) {
            throw unusable(file, "has columns that are parted by semicolons or tabs", "Part them by commas");
        }
        for (String column : header) {
            columns.put(column.strip(), columns.size());
        }
        if (columns.size() < header.size()) {
            throw unusable(file, "names a column twice", remedy);
        }
        String missing =
                required.stream().filter(column -> !columns.containsKey(column)).collect(Collectors.joining(", "));
        if (!missing.isEmpty()) {
            throw unusable(file, "has no column " + missing, remedy);
        }
    }

    private static List<String> header(Path file, Line first, String remedy) {
        if (first.text().isBlank()) {
            throw unusable(file, "begins with an empty line", remedy);
        }
        boolean isWide = first.text().matches("(?s)\0.\0.*|.\0.\0.*"); // as UTF-16 begins, without its mark
        if (!first.fault().isEmpty() || isWide) {
            String fault = isWide ? Utf8Lines.NOT_UTF_8 : first.fault();
            throw unusable(file, "has a first line that " + fault, "Save it as UTF-8. " + remedy);
        }
        CsvRecord header = new CsvRecord();
        header.take(first.text());
        if (!header.fault().isEmpty() || header.isOpen()) {
            String fault = header.isOpen() ? CsvRecord.NOT_CLOSED : header.fault();
            throw unusable(file, "has a first line that cannot be read: " + fault, remedy);
        }
        return header.fields();
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
        CsvRecord record = new CsvRecord();
        List<Line> more = new ArrayList<>();
        record.take(first.text());
        Line last = first;
        while (record.isOpen() && more.size() < MOST_LINE_BREAKS && last.fault().isEmpty()) {
            Optional<Line> next = lines.next();
            if (next.isEmpty()) {
                break;
            }
            record.takeLineBreak(isFromWindows && last.endsAsOnWindows() ? "\n" : last.end());
            last = next.get();
            record.take(last.text());
            more.add(last);
        }
        String fault = fault(first, record, last);
        if (!fault.isEmpty()) {
            lines.pushBack(more);
            return new CsvLine(name, first.number(), first.number(), columns, List.of(), fault);
        }
        return whole(first, last, record.fields());
    }

    /** Why the quotes of a record, or its letters, cannot be relied on; empty if they can. */
    private static String fault(Line first, CsvRecord record, Line last) {
        if (!first.fault().isEmpty()) {
            return "the line " + first.fault();
        }
        if (!last.fault().isEmpty()) {
            return "a quote is opened, and line %d %s".formatted(last.number(), last.fault());
        }
        return record.isOpen() ? CsvRecord.NOT_CLOSED : record.fault();
    }

    private CsvLine whole(Line first, Line last, List<String> fields) {
        boolean fits = fields.size() == columns.size();
        String fault = fits
                ? ""
                : "the line has %s, the header %d"
                        .formatted(Numbers.count(fields.size(), "column", "columns"), columns.size());
        return new CsvLine(name, first.number(), last.number(), columns, fits ? fields : List.of(), fault);
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
