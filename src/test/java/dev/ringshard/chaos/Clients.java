package dev.ringshard.chaos;

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
    private long until;

    /** @param orders for a client of that name */
    Clients(int number, Function<String, ClientOrders> orders) {
        this.orders = orders;
        for (int i = 0; i < number; i++) {
            current.add(next());
        }
    }

    private ClientProcess next() {
        ClientProcess client = ClientProcess.start(orders.apply("client-" + (all.size() + 1)));
        all.add(client);
        return client;
    }

    synchronized ClientProcess any(RandomGenerator random) {
        return current.get(random.nextInt(current.size()));
    }

    synchronized void replaceTheDead() {
        current.replaceAll(client -> client.isAlive() ? client : successor());
    }

    private ClientProcess successor() {
        ClientProcess client = next();
        client.workUntil(until);
        return client;
    }

    /** How many there have been. */
    synchronized int count() {
        return all.size();
    }

    /** Waits until all have opened the cluster, and lets them and their successors work for that long. */
    synchronized void workFor(Duration length) {
        for (ClientProcess client : current) {
            if (!client.isReady()) {
                throw new AssertionError("%s did not start:%n%s".formatted(client.name(), client.complaints()));
            }
        }
        until = System.nanoTime() + length.toNanos();
        current.forEach(client -> client.workUntil(until));
    }

    /**
     * Waits until each that lives has ended by itself, as its time is over.
     *
     * @throws AssertionError with what it was doing, if one does not; with what it said, if one failed
     */
    synchronized void awaitEnd(Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        for (ClientProcess client : current) {
            if (!client.awaitEnd(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())))) {
                throw new AssertionError(
                        "%s does not end, although nothing is wrong any more:%n%s"
                                .formatted(client.name(), client.threadDump()));
            }
            if (client.exitCode() != 0) {
                throw new AssertionError("%s ended with %d:%n%s"
                        .formatted(client.name(), client.exitCode(), client.complaints()));
            }
        }
    }

    /** The files of all. */
    synchronized List<Path> histories() {
        return all.stream().map(ClientProcess::history).filter(path -> path.toFile().exists()).toList();
    }

    @Override
    public synchronized void close() {
        all.forEach(ClientProcess::close);
    }
}
