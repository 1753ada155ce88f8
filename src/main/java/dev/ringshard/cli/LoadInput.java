package dev.ringshard.cli;

import java.io.Closeable;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The files of a load, one after the other. For one thread. */
final class LoadInput implements Closeable {
    private final Map<LoadKind, CsvFile> files = new LinkedHashMap<>();
    private final Iterator<Map.Entry<LoadKind, CsvFile>> rest;
    private Optional<Map.Entry<LoadKind, CsvFile>> current = Optional.empty();
    private long lines;

    /** A line, and what kind of file it is from. */
    record Item(LoadKind kind, CsvLine line) {}

    /**
     * Opens all files and reads their headers.
     *
     * @param paths in the order in which to read them
     * @throws dev.ringshard.failure.InvalidInputException if one cannot be used
     */
    LoadInput(Map<LoadKind, Path> paths) {
        try {
            paths.forEach((kind, path) -> files.put(kind, CsvFile.open(path, kind.columns())));
        } catch (RuntimeException failure) {
            close();
            throw failure;
        }
        rest = files.entrySet().iterator();
    }

    /** The next line; empty at the end of the last file. */
    Optional<Item> next() {
        while (current.isPresent() || rest.hasNext()) {
            Map.Entry<LoadKind, CsvFile> file = current.orElseGet(rest::next);
            Optional<CsvLine> line = file.getValue().next();
            current = line.map(found -> file);
            if (line.isPresent()) {
                lines++;
                return Optional.of(new Item(file.getKey(), line.get()));
            }
        }
        return Optional.empty();
    }

    /** How many were read. */
    long lines() {
        return lines;
    }

    /** How much of all files was read, 0 to 1; 0 if that cannot be known. */
    double fraction() {
        long size =
                files.values().stream().mapToLong(file -> file.bytes().size()).sum();
        long count =
                files.values().stream().mapToLong(file -> file.bytes().count()).sum();
        return size == 0 ? 0 : (double) count / size;
    }

    @Override
    public void close() {
        files.values().forEach(CsvFile::close);
    }
}
