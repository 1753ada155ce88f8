package dev.ringshard.chaos;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * What a process of the suite is told, line by line, on standard input. When that ends, whoever started the process is
 * gone, and it ends at once. Thread-safe.
 */
final class Instructions {
    private static final int ORPHANED = 3;

    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

    private Instructions() {}

    static Instructions listen() {
        Instructions instructions = new Instructions();
        Thread listener = new Thread(instructions::read, "instructions");
        listener.setDaemon(true);
        listener.start();
        return instructions;
    }

    private void read() {
        try {
            BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                lines.add(line);
            }
        } catch (IOException gone) {
            // as good as the end
        }
        Runtime.getRuntime().halt(ORPHANED);
    }

    /** Waits for the next. */
    String take() throws InterruptedException {
        return lines.take();
    }

    /** Whether there is another. */
    boolean areWaiting() {
        return !lines.isEmpty();
    }
}
