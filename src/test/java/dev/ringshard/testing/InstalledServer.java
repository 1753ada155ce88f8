package dev.ringshard.testing;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * A server of the PostgreSQL that is installed on this machine ({@code apt-get install postgresql}), because psql, pg_dump and
 * pg_basebackup come with it and not with the embedded binaries. Fast and forgetful, on a free port, and lets everybody in.
 */
public final class InstalledServer implements AutoCloseable {
    private final Path binaries;
    private final Path directory;
    private final int port;
    private final List<String> settings;
    private final AtomicInteger databases = new AtomicInteger();
    private final AtomicInteger backups = new AtomicInteger();
    private Process process;

    private InstalledServer(Path binaries, Path directory, int port, List<String> settings, boolean hasData)
            throws IOException {
        this.binaries = binaries;
        this.directory = directory;
        this.port = port;
        this.settings = settings;
        if (!hasData) {
            initialise();
        }
        this.process = launch();
    }

    private void initialise() {
        run(
                binaries.resolve("initdb").toString(),
                "-D",
                directory.resolve("data").toString(),
                "-U",
                "postgres",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--no-sync");
    }

    private Process launch() throws IOException {
        List<String> command = new ArrayList<>(List.of(
                binaries.resolve("postgres").toString(),
                "-D",
                directory.resolve("data").toString(),
                "-p",
                Integer.toString(port)));
        settings.forEach(setting -> command.addAll(List.of("-c", setting)));
        return unprivileged(command.toArray(String[]::new))
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("server.log").toFile()))
                .start();
    }

    /** Started, and answering. */
    public static InstalledServer start() throws IOException {
        return start(Files.createTempDirectory("ringshard-installed-"), List.of());
    }

    /** As {@link #start()}, with an archive of its log, so that it can be restored. */
    public static InstalledServer startArchiving() throws IOException {
        Path directory = Files.createTempDirectory("ringshard-archived-");
        Path archive = Files.createDirectory(directory.resolve("archive"));
        return start(
                directory,
                List.of(
                        "wal_level=replica",
                        "archive_mode=on",
                        "archive_command=cp \"%%p\" \"%s/%%f\"".formatted(archive)));
    }

    private static InstalledServer start(Path directory, List<String> more) throws IOException {
        List<String> settings = new ArrayList<>(
                List.of("fsync=off", "max_connections=" + PostgresServer.MAX_CONNECTIONS, "unix_socket_directories="));
        settings.addAll(more);
        InstalledServer server = new InstalledServer(newest(), directory, freePort(), settings, false);
        server.awaitAnswer();
        return server;
    }

    private void awaitAnswer() {
        await().atMost(Duration.ofMinutes(1)).until(this::answers);
    }

    /** Takes a base backup of the whole server, while it works. */
    public Path baseBackup() {
        Path backup = directory.resolve("base-" + backups.incrementAndGet());
        baseBackup(backup, "--checkpoint=fast");
        return backup;
    }

    private void baseBackup(Path into, String... more) {
        List<String> command = new ArrayList<>(List.of(
                binaries.resolve("pg_basebackup").toString(),
                "-h",
                "localhost",
                "-p",
                Integer.toString(port),
                "-U",
                "postgres",
                "-D",
                into.toString(),
                "--no-sync"));
        command.addAll(List.of(more));
        run(command.toArray(String[]::new));
    }

    /** Another server that follows this one, and takes no writes until it is {@linkplain #promote promoted}. */
    public InstalledServer standby() throws IOException {
        Path following = Files.createTempDirectory("ringshard-standby-");
        baseBackup(following.resolve("data"), "--checkpoint=fast", "-R");
        InstalledServer standby = new InstalledServer(binaries, following, freePort(), settings, true);
        standby.awaitAnswer();
        return standby;
    }

    /** Makes a standby a primary, which it is when this returns. */
    public void promote() throws SQLException {
        database("postgres").execute("SELECT pg_promote()");
    }

    /** The database of that name on this server. */
    public TestDatabase same(TestDatabase other) {
        return database(other.name());
    }

    /** Stops, and starts from a base backup and the archive, up to a point of that name; returns once it takes writes. */
    public void restore(Path backup, String point) throws IOException {
        stop();
        Path data = directory.resolve("data");
        delete(data);
        run("cp", "-a", backup.toString(), data.toString());
        Files.writeString(
                data.resolve("postgresql.auto.conf"),
                "restore_command = 'cp \"%s/archive/%%f\" \"%%p\"'%nrecovery_target_name = '%s'%nrecovery_target_action = 'promote'%n"
                        .formatted(directory, point));
        Files.createFile(data.resolve("recovery.signal"));
        process = launch();
        awaitAnswer();
        await().atMost(Duration.ofMinutes(1))
                .until(() -> "f".equals(database("postgres").text("SELECT pg_is_in_recovery()")));
    }

    /** What the server has written into its log for people. */
    public String log() throws IOException {
        return Files.readString(directory.resolve("server.log"));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static Path newest() throws IOException {
        try (Stream<Path> versions = Files.list(Path.of("/usr/lib/postgresql"))) {
            return versions.map(version -> version.resolve("bin"))
                    .filter(binaries -> Files.isExecutable(binaries.resolve("initdb")))
                    .max(Comparator.comparing(Path::toString))
                    .orElseThrow();
        }
    }

    private boolean answers() {
        try (Connection connection = database("postgres").connect()) {
            return connection.isValid(1);
        } catch (SQLException notYet) {
            return false;
        }
    }

    /** A fresh, empty database. */
    public TestDatabase createDatabase() throws SQLException {
        String name = "installed_" + databases.incrementAndGet();
        database("postgres").execute("CREATE DATABASE " + name);
        return database(name);
    }

    private TestDatabase database(String name) {
        return new TestDatabase("jdbc:postgresql://localhost:" + port + "/" + name, "postgres", "");
    }

    /** What pg_dump says of the schema of a database, but what differs from one call to the next. */
    public List<String> dump(TestDatabase database, String... more) {
        List<String> command =
                new ArrayList<>(List.of(binaries.resolve("pg_dump").toString(), "--schema-only"));
        command.addAll(List.of("-h", "localhost", "-p", Integer.toString(port), "-U", "postgres", database.name()));
        command.addAll(List.of(more));
        return run(command.toArray(String[]::new))
                .lines()
                .filter(line -> !line.startsWith("\\restrict ") && !line.startsWith("\\unrestrict "))
                .toList();
    }

    /** What pg_restore takes: all of a database. */
    public Path archive(TestDatabase database) {
        Path archive = directory.resolve("archive_" + databases.incrementAndGet());
        pipe("pg_dump", "-Fc", database, "> " + archive);
        return archive;
    }

    /** Puts an archive back into its database, beneath whoever is connected. */
    public void putBack(Path archive, TestDatabase database) {
        pipe("pg_restore", "--clean --if-exists -d", database, archive.toString());
    }

    private void pipe(String tool, String options, TestDatabase database, String more) {
        run(
                "sh",
                "-c",
                "%s -h localhost -p %d -U postgres %s %s %s"
                        .formatted(binaries.resolve(tool), port, options, database.name(), more));
    }

    /** A fresh database that is restored from a dump of another, rows and all. */
    public TestDatabase restored(TestDatabase database) throws SQLException {
        TestDatabase restored = createDatabase();
        String server = " -h localhost -p %d -U postgres ".formatted(port);
        run(
                "sh",
                "-c",
                "%s%s%s | %s%s-q -v ON_ERROR_STOP=1 %s"
                        .formatted(
                                binaries.resolve("pg_dump"),
                                server,
                                database.name(),
                                binaries.resolve("psql"),
                                server,
                                restored.name()));
        return restored;
    }

    private static String run(String... command) {
        try {
            Process process = unprivileged(command).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException(String.join(" ", command) + " failed: " + said);
            }
            return said;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** PostgreSQL's server does not run as root. */
    private static ProcessBuilder unprivileged(String... command) {
        List<String> words = new ArrayList<>();
        if (System.getProperty("user.name").equals("root")) {
            words.addAll(List.of("unshare", "-U"));
        }
        words.addAll(List.of(command));
        return new ProcessBuilder(words).redirectErrorStream(true);
    }

    /** Stops it, whoever is connected. */
    public void stop() {
        if (process.isAlive()) {
            run("kill", "-INT", Long.toString(process.pid())); // by SIGTERM it would wait for them
        }
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void delete(Path tree) throws IOException {
        try (Stream<Path> files = Files.walk(tree)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Override
    public void close() throws IOException {
        stop();
        delete(directory);
    }
}
