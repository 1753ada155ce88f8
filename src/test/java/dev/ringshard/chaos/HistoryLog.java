package dev.ringshard.chaos;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Writes down what one client asks and is answered, while it happens. A line is with the operating system before
 * {@link #called} returns, so a client that is killed leaves every operation that it began; one without a return has an
 * unknown outcome.
 *
 * <p>Moments are {@link System#nanoTime()}, taken before the call is written down and after the answer is there: an
 * interval may be too wide, which makes the check more lenient by microseconds, never too narrow. Java promises only
 * that moments of one JVM can be compared. On Linux, OpenJDK's {@code os::javaTimeNanos} (os_linux.cpp in 17,
 * os_posix.cpp later) returns {@code clock_gettime(CLOCK_MONOTONIC)} and nothing else, which clock_gettime(2) describes
 * as a system-wide clock, so that moments of all processes of one machine can be compared. {@link ClientProcess} does not
 * take that on trust: each client says its time as it starts, which must lie between two moments of the driver's.
 *
 * <p>Thread-safe.
 */
final class HistoryLog implements AutoCloseable {
    private final OutputStream file;
    private final AtomicLong numbers = new AtomicLong();

    /** Appends to a file; not buffered, so that each line is one write. */
    HistoryLog(Path file) throws IOException {
        this.file = new FileOutputStream(file.toFile(), true);
    }

    /** To be called right before the operation; the number is for {@link #returned}. */
    long called(Operation operation) {
        long now = System.nanoTime();
        long number = numbers.incrementAndGet();
        write(new HistoryLine.Call(number, now, operation));
        return number;
    }

    /** To be called right after the operation. */
    void returned(long number, Outcome outcome) {
        write(new HistoryLine.Return(number, System.nanoTime(), outcome));
    }

    private void write(HistoryLine line) {
        byte[] bytes = (line.text() + "\n").getBytes(StandardCharsets.UTF_8);
        try {
            synchronized (file) {
                file.write(bytes);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException("The history cannot be written; the client must not go on.", failure);
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
