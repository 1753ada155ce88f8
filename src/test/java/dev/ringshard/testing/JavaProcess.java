package dev.ringshard.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A main class of this class path running in a JVM of its own, which can be killed and stopped. It does not outlive this
 * JVM, unless this one is killed: then it has to see for itself that its standard input ends. Thread-safe.
 */
public final class JavaProcess implements AutoCloseable {
    private static final List<String> SMALL_JVM =
            List.of("-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData");

    private final String name;
    private final Path complaints;
    private final Process process;
    private final BlockingQueue<String> said = new LinkedBlockingQueue<>();
    private final Thread hook;

    private JavaProcess(String name, Path complaints, List<String> command) throws IOException {
        this.name = name;
        this.complaints = complaints;
        this.process =
                new ProcessBuilder(command).redirectError(complaints.toFile()).start();
        this.hook = new Thread(process::destroyForcibly, name + "-killer");
        Runtime.getRuntime().addShutdownHook(hook);
        Thread listener = new Thread(this::listen, name + "-listener");
        listener.setDaemon(true);
        listener.start();
    }

    /**
     * Starts one.
     *
     * @param directory for its standard error, in a file called by the name
     */
    public static JavaProcess start(String name, Path directory, Class<?> main, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(SMALL_JVM);
        command.add(mark(directory)); // before the class path, which is too long to be told with the rest
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(arguments);
        try {
            return new JavaProcess(name, directory.resolve(name + ".err"), command);
        } catch (IOException failure) {
            throw new UncheckedIOException("The process " + name + " did not start.", failure);
        }
    }

    /** What the command lines of all that are started with this directory have in them, and no others. */
    public static String mark(Path directory) {
        return "-Dringshard.directory=" + directory;
    }

    private void listen() {
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                said.add(line);
            }
        } catch (IOException gone) {
            // its end is seen elsewhere
        }
    }

    public String name() {
        return name;
    }

    /** The next line that it prints; empty if it prints none for so long, or has ended. */
    public Optional<String> nextLine(Duration patience) {
        long began = System.nanoTime();
        try {
            @Nullable String line = said.poll();
            while (line == null && isAlive() && System.nanoTime() - began < patience.toNanos()) {
                line = said.poll(10, TimeUnit.MILLISECONDS);
            }
            return Optional.ofNullable(line);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /** Gives it a line to read. Nothing happens if it is gone. */
    public void tell(String line) {
        try {
            process.outputWriter().append(line).append('\n').flush();
        } catch (IOException gone) {
            // whoever waits for its end sees how it ended
        }
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Kills it with SIGKILL, also if it is stopped. Returns when it is gone. */
    public void kill() {
        process.destroyForcibly();
        awaitEnd(Duration.ofSeconds(30));
    }

    /** Stops it in whatever it does (SIGSTOP), until {@link #resume()}. */
    public void stop() {
        signal("STOP");
    }

    /** Lets it go on (SIGCONT). */
    public void resume() {
        signal("CONT");
    }

    private void signal(String signal) {
        try {
            new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                    .start()
                    .waitFor();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits until it has ended by itself; false if it has not by then. */
    public boolean awaitEnd(Duration patience) {
        try {
            return process.waitFor(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    public int exitCode() {
        return process.exitValue();
    }

    /** What it wrote to standard error. */
    public String complaints() {
        try {
            return Files.readString(complaints);
        } catch (IOException failure) {
            return failure.toString();
        }
    }

    /** What its threads are doing, for people. Kills it. */
    public String threadDump() {
        signal("QUIT"); // which it answers on standard output, and lives on
        awaitEnd(Duration.ofSeconds(2));
        kill();
        return String.join("\n", said);
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
