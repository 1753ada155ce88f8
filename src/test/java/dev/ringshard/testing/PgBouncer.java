package dev.ringshard.testing;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A PgBouncer of a test's own, on a free port of this machine, in front of some databases. It must be installed
 * ({@code apt-get install pgbouncer}), and lets everybody in.
 */
public final class PgBouncer implements AutoCloseable {
    private static final List<Path> PLACES = List.of(Path.of("/usr/sbin/pgbouncer"), Path.of("/usr/bin/pgbouncer"));

    private final int port;
    private final Path directory;
    private final Process process;

    /** When a connection to the server is free for other clients. */
    public enum Mode {
        SESSION,
        TRANSACTION
    }

    private PgBouncer(int port, Path directory, Process process) {
        this.port = port;
        this.directory = directory;
        this.process = process;
    }

    /**
     * Started, and listening.
     *
     * @param poolSize how many connections to each database it has at most
     */
    public static PgBouncer before(List<TestDatabase> databases, Mode mode, int poolSize) throws IOException {
        int port = freePort();
        Path directory = Files.createTempDirectory("ringshard-pgbouncer-");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path settings = Files.writeString(directory.resolve("pgbouncer.ini"), """
                [databases]
                %s
                [pgbouncer]
                listen_addr = 127.0.0.1
                listen_port = %d
                unix_socket_dir =
                auth_type = any
                pool_mode = %s
                default_pool_size = %d
                max_client_conn = 200
                ignore_startup_parameters = extra_float_digits
                """.formatted(
                        databases.stream().map(PgBouncer::line).collect(Collectors.joining("\n")),
                        port,
                        mode.name().toLowerCase(Locale.ROOT),
                        poolSize));
        Files.setPosixFilePermissions(settings, PosixFilePermissions.fromString("rw-r--r--"));
        Process process = new ProcessBuilder(command(settings))
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile())
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroy, "pgbouncer-closer"));
        PgBouncer pooler = new PgBouncer(port, directory, process);
        await().atMost(Duration.ofSeconds(10)).until(pooler::answers);
        return pooler;
    }

    /** The way to a database of that server through this. */
    public TestDatabase to(TestDatabase database) {
        return new TestDatabase(
                "jdbc:postgresql://127.0.0.1:%d/%s".formatted(port, database.name()),
                database.user(),
                database.password());
    }

    @Override
    public void close() {
        process.destroy();
        await().atMost(Duration.ofSeconds(10)).until(() -> !process.isAlive());
        try {
            for (String file : List.of("pgbouncer.ini", "log")) {
                Files.deleteIfExists(directory.resolve(file));
            }
            Files.deleteIfExists(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String line(TestDatabase database) {
        URI server = URI.create(database.url().substring("jdbc:".length()));
        return "%s = host=%s port=%d user=%s%s"
                .formatted(
                        database.name(),
                        server.getHost().replace("localhost", "127.0.0.1"),
                        server.getPort(),
                        database.user(),
                        database.password().isEmpty() ? "" : " password='" + database.password() + "'");
    }

    /** It refuses to run as root, and changes to another user when told. */
    private static List<String> command(Path settings) {
        Path program = PLACES.stream()
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("There is no PgBouncer here: apt-get install pgbouncer"));
        List<String> command = new ArrayList<>(List.of(program.toString()));
        if ("root".equals(System.getProperty("user.name"))) {
            command.addAll(List.of("-u", "nobody"));
        }
        command.add(settings.toString());
        return command;
    }

    private boolean answers() {
        if (!process.isAlive()) {
            throw new IllegalStateException("PgBouncer ended: " + log());
        }
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }

    private String log() {
        try {
            return Files.readString(directory.resolve("log"));
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
