package dev.ringshard.chaos;

import dev.ringshard.Ringshard;
import dev.ringshard.config.RingshardConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;

/**
 * A client as a process of its own. Opens the cluster and says {@code ready NANOS} on standard output; works with
 * several threads from a first line on standard input to a second, and writes its history. Ends at once when whoever
 * started it is gone, which it sees by the end of its standard input.
 */
final class ChaosClient {
    static final String READY = "ready ";
    private static final int ORPHANED = 3;

    private final ClientOrders orders;
    private final Teller teller;

    private volatile boolean working = true;

    private ChaosClient(ClientOrders orders, Teller teller) {
        this.orders = orders;
        this.teller = teller;
    }

    public static void main(String[] arguments) throws Exception {
        ClientOrders orders = ClientOrders.of(arguments);
        try (HistoryLog log = new HistoryLog(orders.history());
                Ringshard bank = Ringshard.open(RingshardConfig.load(orders.config()))) {
            System.out.println(READY + System.nanoTime());
            BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            if (in.readLine() != null) {
                ChaosClient client = new ChaosClient(orders, new Teller(bank.customers(), log));
                client.listen(in);
                client.work();
            }
        }
    }

    private void listen(BufferedReader in) {
        Thread listener = new Thread(
                () -> {
                    try {
                        while (in.readLine() != null) {
                            working = false;
                        }
                    } catch (IOException gone) {
                        // as good as the end
                    }
                    Runtime.getRuntime().halt(ORPHANED);
                },
                "listener");
        listener.setDaemon(true);
        listener.start();
    }

    private void work() throws InterruptedException, ExecutionException {
        SplittableRandom random = new SplittableRandom(orders.seed());
        ExecutorService executor = Executors.newFixedThreadPool(orders.threads());
        List<Future<?>> threads = new ArrayList<>();
        for (int i = 0; i < orders.threads(); i++) {
            RandomMix mix = new RandomMix(orders.population(), orders.name() + "-" + i, random.split());
            threads.add(executor.submit(() -> work(mix)));
        }
        executor.shutdown();
        for (Future<?> thread : threads) {
            thread.get();
        }
    }

    private void work(RandomMix mix) {
        Operation operation = mix.first();
        while (working) {
            operation = mix.after(operation, teller.perform(operation));
            LockSupport.parkNanos(mix.rest().toNanos());
        }
    }
}
