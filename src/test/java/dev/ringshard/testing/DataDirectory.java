package dev.ringshard.testing;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where an embedded server keeps its data: each has a copy of what {@code initdb} has made once in this JVM, because that
 * takes longer than most tests.
 */
record DataDirectory(Path path) {
    private static final Path MEMORY = Path.of("/dev/shm");
    private static final long ROOM_IN_MEMORY = 2L << 30;

    private static @Nullable DataDirectory pristine;

    /** A new one on the disk, under {@code java.io.tmpdir}. */
    static DataDirectory onDisk() {
        return pristineUnder(disk());
    }

    /** A new one in memory where there is room: making a database means making some 300 files. */
    static DataDirectory inMemoryOrOnDisk() {
        return pristineUnder(memoryOrDisk());
    }

    private static Path disk() {
        return Path.of(System.getProperty("java.io.tmpdir"));
    }

    private static Path memoryOrDisk() {
        try {
            boolean hasRoom =
                    Files.isWritable(MEMORY) && Files.getFileStore(MEMORY).getUsableSpace() >= ROOM_IN_MEMORY;
            return hasRoom ? MEMORY : disk();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static DataDirectory pristineUnder(Path parent) {
        try {
            return pristine().copyUnder(parent);
        } catch (IOException | RuntimeException e) {
            throw new IllegalStateException("the embedded binaries did not start: " + e.getMessage(), e);
        }
    }

    /** A copy beside it, whose server must not run. */
    DataDirectory copy() throws IOException {
        return copyUnder(Objects.requireNonNull(path.getParent()));
    }

    private DataDirectory copyUnder(Path parent) throws IOException {
        DataDirectory copy = emptyUnder(parent);
        try {
            copyTo(copy.path);
        } catch (IOException | RuntimeException e) {
            copy.delete();
            throw e;
        }
        return copy;
    }

    /** Becomes a copy of another; the servers of both must not run. */
    void becomeCopyOf(DataDirectory other) throws IOException {
        deleteContents();
        other.copyTo(path);
    }

    private static synchronized DataDirectory pristine() throws IOException {
        DataDirectory known = pristine;
        if (known == null) {
            known = emptyUnder(memoryOrDisk());
            Runtime.getRuntime().addShutdownHook(new Thread(known::delete, "pristine-data-deleter"));
            known.initialise();
            pristine = known;
        }
        return known;
    }

    private static DataDirectory emptyUnder(Path parent) {
        try {
            return new DataDirectory(
                    Files.createTempDirectory(parent, "ringshard-postgres-").toRealPath());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** By starting a server, which fills its directory first, and stopping it in order. */
    private void initialise() throws IOException {
        EmbeddedPostgres.builder()
                .setDataDirectory(path)
                .setCleanDataDirectory(false)
                .setServerConfig("fsync", "off")
                .setServerConfig("unix_socket_directories", "")
                .setRegisterShutdownHook(false)
                .start()
                .close();
    }

    private void copyTo(Path target) throws IOException {
        for (Path file : files()) {
            if (!file.equals(path)) {
                Files.copy(file, target.resolve(path.relativize(file)));
            }
        }
    }

    /** Does nothing if it is gone already. */
    void delete() {
        try {
            deleteContents();
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void deleteContents() throws IOException {
        List<Path> files = files();
        for (int i = files.size() - 1; i > 0; i--) {
            Files.deleteIfExists(files.get(i));
        }
    }

    /** It and all that is in it; a directory before what it holds. */
    private List<Path> files() throws IOException {
        if (!Files.exists(path)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(path)) {
            return files.sorted(Comparator.naturalOrder()).toList();
        }
    }
}
