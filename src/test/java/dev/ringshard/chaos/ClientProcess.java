package dev.ringshard.chaos;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A running {@link ChaosClient}. */
record ClientProcess(ClientOrders orders, JavaProcess process, long started) implements AutoCloseable {

    static ClientProcess start(ClientOrders orders) {
        long started = System.nanoTime();
        Path directory = Objects.requireNonNull(orders.history().getParent());
        return new ClientProcess(
                orders, JavaProcess.start(orders.name(), directory, ChaosClient.class, orders.toArguments()), started);
    }

    /**
     * Waits until it has opened the cluster.
     *
     * @throws AssertionError if it ends instead, or if its clock is not ours
     */
    void awaitReady() {
        Optional<String> line =
                process.firstLine().orTimeout(2, TimeUnit.MINUTES).join();
        long now = System.nanoTime();
        long theirs = line.filter(said -> said.startsWith(ChaosClient.READY))
                .map(said -> Long.parseLong(said.substring(ChaosClient.READY.length())))
                .orElseThrow(() ->
                        new AssertionError("%s did not start:%n%s".formatted(orders.name(), process.complaints())));
        requireSameClock(theirs, now);
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

    /** Whether it got as far as writing a history. */
    boolean hasHistory() {
        return Files.exists(orders.history());
    }

    @Override
    public void close() {
        process.close();
    }
}
