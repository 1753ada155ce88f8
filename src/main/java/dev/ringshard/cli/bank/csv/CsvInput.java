package dev.ringshard.cli.bank.csv;

import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The CSV files of a load, one after the other. */
final class CsvInput implements LoadInput {
    private final Map<LoadKind, CsvFile> files = new LinkedHashMap<>();
    private final Iterator<Map.Entry<LoadKind, CsvFile>> rest;
    private Optional<Map.Entry<LoadKind, CsvFile>> current = Optional.empty();

    /**
     * Opens all files and reads their headers.
     *
     * @param paths in the order in which to read them
     * @throws dev.ringshard.failure.InvalidInputException if one cannot be used
     */
    CsvInput(Map<LoadKind, Path> paths) {
        try {
            paths.forEach((kind, path) -> files.put(kind, CsvFile.open(path, kind.columns())));
        } catch (RuntimeException failure) {
            close();
            throw failure;
        }
        rest = files.entrySet().iterator();
    }

    @Override
    public Optional<Item> next() {
        while (current.isPresent() || rest.hasNext()) {
            Map.Entry<LoadKind, CsvFile> file = current.orElseGet(rest::next);
            Optional<CsvLine> line = file.getValue().next();
            current = line.map(found -> file);
            if (line.isPresent()) {
                return Optional.of(item(file.getKey(), line.get()));
            }
        }
        return Optional.empty();
    }

    private static Item item(LoadKind kind, CsvLine line) {
        return new Item(kind, line.file(), line.number(), line.last(), () -> kind.parse(line));
    }

    @Override
    public double fraction() {
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
