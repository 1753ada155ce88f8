package dev.ringshard.cli.bank.csv;

import java.io.FilterInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file's bytes, counted as they are read. For one thread. */
final class CountingInputStream extends FilterInputStream {
    private final long size;
    private long count;

    CountingInputStream(Path file) throws IOException {
        super(Files.newInputStream(file));
        size = Files.size(file);
    }

    /** How many there are; 0 if that cannot be known, as of a pipe. */
    long size() {
        return size;
    }

    /** How many were read. */
    long count() {
        return count;
    }

    @Override
    public int read() throws IOException {
        int value = super.read();
        count += value < 0 ? 0 : 1;
        return value;
    }

    @Override
    public int read(byte[] target, int from, int length) throws IOException {
        int read = super.read(target, from, length);
        count += Math.max(0, read);
        return read;
    }
}
