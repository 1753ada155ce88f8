package dev.ringshard.chaos;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A running {@link ChaosClient}, which can be killed and stopped. What it says goes to files beside its history. It ends
 * with this JVM: by a hook, or, if this one is killed, by itself. Thread-safe.
 */
final class ClientProcess implements AutoCloseable {
    private static final List<String> SMALL_JVM =
            List.of("-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData");

    private final ClientOrders orders;
    private final Process process;
    private final long started;
    private final CompletableFuture<Boolean> ready = new CompletableFuture<>();
    private final Thread hook;

    private ClientProcess(ClientOrders orders) throws IOException {
        this.orders = orders;
        this.started = System.nanoTime();
        this.process = new ProcessBuilder(command(orders))
                .redirectError(beside(orders, ".err").toFile())
                .start();
        this.hook = new Thread(process::destroyForcibly, "client-killer");
        Runtime.getRuntime().addShutdownHook(hook);
        Thread listener = new Thread(this::listen, "client-listener");
        listener.setDaemon(true);
        listener.start();
    }

    static ClientProcess start(ClientOrders orders) {
        try {
            return new ClientProcess(orders);
        } catch (IOException failure) {
            throw new UncheckedIOException("A client did not start.", failure);
        }
    }

    private static List<String> command(ClientOrders orders) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(SMALL_JVM);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), ChaosClient.class.getName()));
        command.addAll(orders.toArguments());
        return command;
    }

    private static Path beside(ClientOrders orders, String ending) {
        return orders.history().resolveSibling(orders.name() + ending);
    }

    private void listen() {
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            String first = out.readLine();
            if (first == null) {
                ready.complete(false);
                return;
            }
            ready.complete(requireSameClock(first));
            Files.write(beside(orders, ".out"), out.lines().toList()); // only a thread dump that was asked for
        } catch (IOException | RuntimeException failure) {
            ready.completeExceptionally(failure);
        }
    }

    /** What {@link HistoryLog} says of clocks is true of this machine, or no history of it means anything. */
    private boolean requireSameClock(String first) {
        long theirs = Long.parseLong(first.substring(ChaosClient.READY.length()));
        long now = System.nanoTime();
        if (theirs < started || theirs > now) {
            throw new IllegalStateException(
                    "The clocks of two processes differ: a client that was started at %d said %d at %d."
                            .formatted(started, theirs, now));
        }
        return true;
    }

    String name() {
        return orders.name();
    }

    Path history() {
        return orders.history();
    }

    /**
     * Whether it got as far as opening the cluster; waits for that.
     *
     * @throws IllegalStateException if its clock is not ours
     */
    boolean isReady() {
        return ready.orTimeout(2, TimeUnit.MINUTES).join();
    }

    /** Lets it work until then; before, it only stands by. Nothing happens if it is gone. */
    void workUntil(long nanos) {
        try {
            process.outputWriter().append(nanos + "\n").flush();
        } catch (IOException gone) {
            // whoever waits for its end sees how it ended
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Kills it with SIGKILL. Returns when it is gone. */
    void kill() {
        process.destroyForcibly();
        awaitEnd(Duration.ofSeconds(30));
    }

    /** Stops it in whatever it does (SIGSTOP), until {@link #resume()}. */
    void stop() {
        signal("STOP");
    }

    void resume() {
        signal("CONT");
    }

    private void signal(String name) {
        try {
            new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits until it has ended by itself; false if it has not by then. */
    boolean awaitEnd(Duration patience) {
        try {
            return process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    int exitCode() {
        return process.exitValue();
    }

    /** What its threads are doing right now, for people. */
    String threadDump() {
        signal("QUIT");
        awaitEnd(Duration.ofSeconds(2)); // it does not end by that; it needs a moment to say what was asked
        kill();
        try {
            return Files.readString(beside(orders, ".out"));
        } catch (IOException failure) {
            return "no thread dump of " + name() + ": " + failure;
        }
    }

    /** What it wrote to standard error. */
    String complaints() {
        try {
            return Files.readString(beside(orders, ".err"));
        } catch (IOException failure) {
            return failure.toString();
        }
    }

    @Override
    public void close() {
        kill();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException shuttingDown) {
            // the hook finds nothing to kill
        }
    }
}
