package dev.ringshard.cli.bank.csv;

import dev.ringshard.cli.command.CommandException;
import dev.ringshard.cli.screen.ExitCode;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * A file that appears under its name only once it is whole: until then it is written beside it, under a name that ends in
 * {@code .part}. What stood there before stays until then. For one thread.
 */
final class AtomicFile implements Closeable {
    private final Path file;
    private final Path part;
    private final FileChannel channel;
    private final OutputStream content;

    private AtomicFile(Path file, Path part) throws IOException {
        this.file = file;
        this.part = part;
        this.channel = FileChannel.open(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        this.content = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
    }

    /**
     * Begins to write a file.
     *
     * @throws CommandException if that is no place for one
     */
    static AtomicFile begin(Path file) {
        Path whole = file.toAbsolutePath();
        if (Files.exists(whole) && !Files.isRegularFile(whole)) {
            throw unusable(file, Files.isDirectory(whole) ? "is a directory" : "is no regular file");
        }
        try {
            Path target = Files.exists(whole) ? whole.toRealPath() : whole; // what a link leads to
            return new AtomicFile(
                    target, target.resolveSibling(target.getFileName() + "." + UUID.randomUUID() + ".part"));
        } catch (IOException failure) {
            throw new CommandException(
                    ExitCode.USAGE,
                    "%s cannot be written: %s. Nothing was read or written. Name another file."
                            .formatted(file, reason(failure)),
                    failure);
        }
    }

    private static CommandException unusable(Path file, String what) {
        return new CommandException(
                ExitCode.USAGE, "%s %s. Nothing was read or written. Name a file to be written.".formatted(file, what));
    }

    /** What a failure says of its cause, without names of files. */
    static String reason(IOException failure) {
        if (failure instanceof NoSuchFileException) {
            return "there is no such directory";
        }
        if (failure instanceof AccessDeniedException) {
            return "permission denied";
        }
        String reason = failure instanceof FileSystemException file ? file.getReason() : failure.getMessage();
        return reason == null ? failure.getClass().getSimpleName() : reason;
    }

    /** Where to write; not to be closed. */
    OutputStream content() {
        return content;
    }

    /** Gives the file its name, once all of it is on the disk. */
    void finish() throws IOException {
        content.flush();
        channel.force(true);
        channel.close();
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Throws away what was written, unless it is finished. */
    @Override
    public void close() throws IOException {
        channel.close();
        Files.deleteIfExists(part);
    }
}
