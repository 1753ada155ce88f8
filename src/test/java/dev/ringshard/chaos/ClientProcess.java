package dev.ringshard.chaos;

import dev.ringshard.testing.JavaProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

/** A running {@link ChaosClient}. */
final class ClientProcess implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final ClientOrders orders;
    private final long started = System.nanoTime();
    private final JavaProcess process;
    private boolean ready;

    ClientProcess(ClientOrders orders) {
        this.orders = orders;
        Path directory = Objects.requireNonNull(orders.history().getParent());
        this.process = JavaProcess.start(orders.name(), directory, ChaosClient.class, orders.toArguments());
    }

    JavaProcess process() {
        return process;
    }

    /**
     * Waits until it has opened the cluster, unless it is known to have.
     *
     * @throws AssertionError if it ends instead, or if its clock is not ours
     */
    synchronized void awaitReady() {
        if (ready) {
            return;
        }
        long theirs = process.nextLine(PATIENCE)
                .map(line -> Long.parseLong(line.substring(ChaosClient.READY.length())))
                .orElseThrow(() ->
                        new AssertionError("%s did not start:%n%s".formatted(orders.name(), process.complaints())));
        requireSameClock(theirs, System.nanoTime());
        ready = true;
    }

    /** What {@link HistoryLog} says of clocks is true of this machine, or no history of it means anything. */
    private void requireSameClock(long theirs, long now) {
        if (theirs < started || theirs > now) {
            throw new AssertionError("The clocks of two processes differ: %s was started at %d, and said %d before %d."
                    .formatted(orders.name(), started, theirs, now));
        }
    }

    /** Lets it work; before, it only stands by. */
    void work() {
        process.tell("work");
    }

    /** Lets it end, once what it is about to do is done. */
    void end() {
        process.tell("end");
    }

    Path history() {
        return orders.history();
    }

    /** Whether it got as far as writing a history. */
    boolean hasHistory() {
        return Files.exists(orders.history());
    }

    @Override
    public void close() {
        process.close();
    }
}
