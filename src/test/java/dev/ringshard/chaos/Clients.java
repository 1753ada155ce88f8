package dev.ringshard.chaos;

import dev.ringshard.testing.JavaProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/** The client processes of a run: always as many alive as there should be, and all that there ever were. Thread-safe. */
final class Clients implements AutoCloseable {
    private final Function<String, ClientOrders> orders;
    private final List<ClientProcess> current = new ArrayList<>();
    private final List<ClientProcess> all = new ArrayList<>();

    /** @param orders for a client of that name */
    Clients(Function<String, ClientOrders> orders) {
        this.orders = orders;
    }

    /** Lets so many open the cluster and stand by. */
    synchronized void standBy(int number) {
        while (current.size() < number) {
            current.add(next());
        }
    }

    private ClientProcess next() {
        ClientProcess client = new ClientProcess(orders.apply("client-" + (all.size() + 1)));
        all.add(client);
        return client;
    }

    /** Waits until all have opened the cluster, and lets them work. */
    synchronized void work() {
        current.forEach(ClientProcess::awaitReady);
        current.forEach(ClientProcess::work);
    }

    synchronized ClientProcess any(RandomGenerator random) {
        return current.get(random.nextInt(current.size()));
    }

    synchronized void replaceTheDead() {
        current.replaceAll(client -> client.process().isAlive() ? client : successor());
    }

    private ClientProcess successor() {
        ClientProcess client = next();
        client.work();
        return client;
    }

    synchronized void stopAll() {
        current.forEach(client -> client.process().stop());
    }

    synchronized void resumeAll() {
        current.forEach(client -> client.process().resume());
    }

    /** How many there have been. */
    synchronized int count() {
        return all.size();
    }

    /**
     * Lets each that lives end, and waits until it has.
     *
     * @throws AssertionError with what it was doing, if one does not; with what it said, if one failed
     */
    synchronized void end(Duration patience) {
        current.forEach(ClientProcess::end);
        long deadline = System.nanoTime() + patience.toNanos();
        for (ClientProcess client : current) {
            JavaProcess process = client.process();
            if (!process.awaitEnd(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())))) {
                throw new AssertionError("%s does not end, although nothing is wrong any more:%n%s"
                        .formatted(process.name(), process.threadDump()));
            }
            if (process.exitCode() != 0) {
                throw new AssertionError(
                        "%s ended with %d:%n%s".formatted(process.name(), process.exitCode(), process.complaints()));
            }
            client.awaitReady(); // which compares the clocks of those that came later
        }
    }

    /** The files of all. */
    synchronized List<Path> histories() {
        return all.stream()
                .filter(ClientProcess::hasHistory)
                .map(ClientProcess::history)
                .toList();
    }

    @Override
    public synchronized void close() {
        all.forEach(ClientProcess::close);
    }
}
