package dev.ringshard.testing;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A server started from binaries on the test class path, on a free port and a directory of its own: that of a durable one
 * is on the disk, that of a forgetful one in memory where there is room. Its processes can be killed and started again on
 * the same port and directory, while any number of threads use its databases. A server that nobody closed is closed when
 * the JVM ends.
 */
public final class EmbeddedServer extends PostgresServer {

    private final boolean durable;
    private final Map<String, String> settings;
    private final DataDirectory directory;
    private final int port;
    private EmbeddedPostgres running;
    private @Nullable DataDirectory backup;

    private EmbeddedServer(boolean durable, Map<String, String> settings, DataDirectory directory, int port)
            throws IOException {
        this.durable = durable;
        this.settings = Map.copyOf(settings);
        this.directory = directory;
        this.port = port;
        this.running = launch();
    }

    /** @param settings for the server, besides those that all have here */
    static EmbeddedServer open(boolean durable, Map<String, String> settings) {
        DataDirectory directory = durable ? DataDirectory.onDisk() : DataDirectory.inMemoryOrOnDisk();
        try {
            EmbeddedServer server = new EmbeddedServer(durable, settings, directory, freePort());
            Runtime.getRuntime().addShutdownHook(new Thread(server::close, "postgres-closer"));
            return server;
        } catch (IOException | RuntimeException e) {
            directory.delete();
            throw new IllegalStateException("the embedded binaries did not start: " + e.getMessage(), e);
        }
    }

    /**
     * Kills the server and all its processes at once with SIGKILL: no shutdown, hardly a goodbye to its clients.
     * Returns when none of them is left.
     *
     * @throws IllegalStateException if the server is not durable: acknowledged commits would be lost with it, and a test
     *     would sometimes see a cluster that no kill of a real server leaves behind
     */
    public synchronized void kill() {
        if (!durable) {
            throw new IllegalStateException("Only a durable server can be killed: start(true).");
        }
        new PostgresProcesses(directory.path()).kill();
        release();
    }

    /** Starts the server again on the same data and port, after a {@link #kill} or else after an orderly stop. */
    public synchronized void restart() {
        release();
        try {
            running = launch();
        } catch (IOException e) {
            throw new UncheckedIOException("The server in " + directory.path() + " did not start again.", e);
        }
    }

    /** Keeps a copy of the data of a server that was killed, instead of an earlier one. */
    public synchronized void backUp() {
        deleteBackup();
        try {
            backup = directory.copy();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sets the data of a server that was killed back to what they were at the last {@link #backUp}. */
    public synchronized void restore() {
        try {
            directory.becomeCopyOf(Objects.requireNonNull(backup, "nothing was backed up"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts again as a standby, which follows nobody: it reads, and takes no writes. */
    public synchronized void restartAsStandby() {
        kill();
        try {
            Files.createFile(directory.path().resolve("standby.signal"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        restart();
    }

    /** Without an orderly stop, which would first write down what is deleted. */
    @Override
    public synchronized void close() {
        PostgresProcesses processes = new PostgresProcesses(directory.path());
        if (processes.areRunning()) {
            processes.kill();
        }
        release();
        directory.delete();
        deleteBackup();
    }

    private void deleteBackup() {
        if (backup != null) {
            backup.delete();
            backup = null;
        }
    }

    @Override
    TestDatabase database(String name) {
        return new TestDatabase("jdbc:postgresql://localhost:" + port + "/" + name, "postgres", "");
    }

    private EmbeddedPostgres launch() throws IOException {
        String sync = durable ? "on" : "off";
        EmbeddedPostgres.Builder server = EmbeddedPostgres.builder();
        settings.forEach(server::setServerConfig);
        return server.setDataDirectory(directory.path())
                .setCleanDataDirectory(false)
                .setPort(port)
                .setServerConfig("max_connections", String.valueOf(MAX_CONNECTIONS))
                .setServerConfig("fsync", sync)
                .setServerConfig("synchronous_commit", sync)
                .setServerConfig("full_page_writes", sync)
                // Otherwise what processes share stays in memory when they are killed.
                .setServerConfig("dynamic_shared_memory_type", "mmap")
                // Databases are copied as files, so the log has little to keep.
                .setServerConfig("max_wal_size", "128MB")
                // Hundreds of small databases would keep it busy all the time.
                .setServerConfig("autovacuum", sync)
                // Its lock file names a process, and a dead one that process 1 has not taken notice of bars the
                // restart.
                .setServerConfig("unix_socket_directories", "")
                .setRegisterShutdownHook(false)
                .setPGStartupWait(Duration.ofSeconds(60))
                .start();
    }

    private void release() {
        try {
            running.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
