package dev.ringshard.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.testing.Commands;
import dev.ringshard.testing.H2Database;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Disks that cannot be written to. Does not show what H2 does when a disk runs full under it: it may lose what it has
 * acknowledged half a second before, or wait for ever. Where this process may mount one, it is a small one of the test's own; elsewhere a file
 * in the place of its directory stands for one that is read-only or full.
 */
@Tag("ci")
class DiskTest {
    @TempDir
    Path directory = Path.of("");

    private Path disk = Path.of("");
    private Path away = Path.of("");
    private boolean isMounted;

    @BeforeEach
    void mount() throws Exception {
        disk = Files.createDirectory(directory.resolve("disk"));
        away = directory.resolve("away");
        isMounted = Commands.succeed("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", disk.toString());
    }

    @AfterEach
    void unmount() throws Exception {
        if (isMounted) {
            assertThat(Commands.succeed("umount", "--lazy", disk.toString())).isTrue();
        }
    }

    @Test
    void a_read_only_directory_is_told_by_name() throws Exception {
        Cli cli = configured(disk, "1m");
        if (isMounted) {
            assertThat(Commands.succeed("mount", "-o", "remount,ro", disk.toString()))
                    .isTrue();
        } else {
            putAFileInTheWay();
        }

        Cli.Result init = cli.run("init");
        assertThat(init.exitCode()).isEqualTo(1);
        assertThat(init.out()).isEmpty();
        assertThat(init.err())
                .contains("Shard eu-1 cannot be reached: ", disk.toString(), "Next: ringshard config check");
        Cli.Result check = cli.run("config", "check");
        assertThat(check.exitCode()).isEqualTo(1);
        assertThat(check.out()).containsPattern("eu-1 +down").containsPattern("eu-2 +new");
        Cli.Result export = export(disk.resolve("a.csv"));
        assertThat(export.exitCode()).isEqualTo(2);
        assertThat(export.err())
                .containsPattern("a.csv cannot be written: (Read-only file system|Not a directory). Nothing was read");
    }

    @Test
    void a_file_that_somebody_else_has_open_is_told_with_what_helps() throws Exception {
        Cli cli = configured(directory, "2s");
        assertThat(cli.run("init").exitCode()).isZero();
        try (FileChannel file = FileChannel.open(directory.resolve("eu-1.mv.db"), StandardOpenOption.WRITE);
                FileLock held = file.lock()) {
            assertThat(held.isValid()).isTrue();
            assertThat(cli.run("status").out())
                    .contains("Shard eu-1 cannot be reached: ", "Another process has its file open:");
        }
        assertThat(cli.run("status").exitCode()).isZero();
    }

    @Test
    void a_disk_that_is_full_stops_an_init_which_is_finished_once_there_is_room() throws Exception {
        Cli cli = configured(disk, "1m");
        fill();

        Cli.Result stopped = cli.run("init");

        assertThat(stopped.exitCode()).as(stopped.err()).isEqualTo(1);
        assertThat(stopped.err())
                .contains("Shard eu-1 cannot be reached: ", isMounted ? "No space left on device" : "eu-1")
                .doesNotContain("\tat ");

        makeRoom();
        assertThat(cli.run("init").exitCode()).isZero();
        assertThat(cli.run("load", "--generate", "20").out()).contains("now hold 20 customers");
    }

    @Test
    void an_export_to_a_disk_that_is_full_leaves_what_was_there() throws Exception {
        Path file = Files.writeString(disk.resolve("a.csv"), "old");
        fill();

        Cli.Result result = export(file);

        assertThat(result.exitCode()).isEqualTo(isMounted ? 1 : 2);
        assertThat(result.out()).isEmpty();
        assertThat(result.err())
                .contains(
                        isMounted
                                ? "a.csv could not be written: No space left on device. It is as it was before."
                                : "a.csv cannot be written: ");
        makeRoom();
        assertThat(file).hasContent("old");
        assertThat(disk.toFile().list()).containsExactly("a.csv");
    }

    /**
     * A cluster with one shard on the disk and one in memory.
     *
     * @param connectionTimeout a long one where the answer is told at once: H2 collects the garbage of the whole JVM many
     *     times over before it says that it cannot open a file
     */
    private Cli configured(Path place, String connectionTimeout) throws IOException {
        Cli cli = new Cli(directory);
        cli.file("bank.yaml", """
                cluster: bank
                pool: { connection-timeout: %s }
                shards:
                  - { name: eu-1, url: "jdbc:h2:file:%s/eu-1" }
                  - { name: eu-2, url: "%s", user: sa }
                """.formatted(
                        connectionTimeout, place, H2Database.inMemory().url()));
        return cli;
    }

    /** Of a sound cluster with customers, beside the disk. */
    private Cli.Result export(Path file) throws IOException {
        Cli cli = configured(directory, "2s");
        cli.run("init");
        cli.run("load", "--generate", "10");
        return cli.run("export", "--out", file.toString());
    }

    private void fill() throws IOException {
        if (!isMounted) {
            putAFileInTheWay();
            return;
        }
        long size = Files.getFileStore(disk).getUsableSpace();
        Files.write(filler(), new byte[Math.toIntExact(size)]);
    }

    private void makeRoom() throws IOException {
        if (isMounted) {
            Files.delete(filler());
        } else {
            Files.delete(disk);
            Files.move(away, disk);
        }
    }

    private Path filler() {
        return disk.resolve("filler");
    }

    private void putAFileInTheWay() throws IOException {
        Files.move(disk, away);
        Files.createFile(disk);
    }
}
