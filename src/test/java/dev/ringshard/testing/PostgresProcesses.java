package dev.ringshard.testing;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** The processes of the server whose data is in a directory. */
record PostgresProcesses(Path directory) {

    boolean areRunning() {
        return Files.exists(pidFile());
    }

    /** Sends SIGKILL to all of them, and returns when none is left. */
    void kill() {
        killAndAwait(known());
        // What the postmaster forked while its children were being listed works in the same directory.
        killAndAwait(ProcessHandle.allProcesses().filter(this::worksHere).toList());
        forgetPostmaster();
    }

    private List<ProcessHandle> known() {
        try {
            long pid = Long.parseLong(Files.readAllLines(pidFile()).get(0).strip());
            return ProcessHandle.of(pid).stream()
                    .flatMap(postmaster -> Stream.concat(Stream.of(postmaster), postmaster.descendants()))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("No server runs in " + directory + ".", e);
        }
    }

    private static void killAndAwait(List<ProcessHandle> processes) {
        processes.forEach(ProcessHandle::destroyForcibly);
        await().atMost(Duration.ofSeconds(10))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(2))
                .until(() -> processes.stream().noneMatch(PostgresProcesses::runs));
    }

    /** Dead is also what only waits for process 1 to take notice, which can last for seconds. */
    private static boolean runs(ProcessHandle process) {
        try {
            return process.isAlive() && !Files.readString(proc(process, "stat")).contains(") Z ");
        } catch (IOException e) {
            return process.isAlive();
        }
    }

    /** Only Linux tells the directory that a process works in; elsewhere the answer is no. */
    private boolean worksHere(ProcessHandle process) {
        try {
            return Files.readSymbolicLink(proc(process, "cwd")).equals(directory);
        } catch (IOException e) {
            return false;
        }
    }

    /** A dead postmaster that process 1 has not taken notice of would pass for a running one at the next start. */
    private void forgetPostmaster() {
        try {
            Files.deleteIfExists(pidFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path pidFile() {
        return directory.resolve("postmaster.pid");
    }

    private static Path proc(ProcessHandle process, String file) {
        return Path.of("/proc", String.valueOf(process.pid()), file);
    }
}
