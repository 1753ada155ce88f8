package dev.ringshard.chaos;

import dev.ringshard.Ringshard;
import dev.ringshard.config.RingshardConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;

/**
 * A client as a process of its own. Opens the cluster and says {@code ready NANOS}; works with several threads from its
 * first instruction to the second, and writes its history.
 */
final class ChaosClient {
    static final String READY = "ready ";

    private final ClientOrders orders;
    private final Teller teller;
    private final Instructions instructions;

    private ChaosClient(ClientOrders orders, Teller teller, Instructions instructions) {
        this.orders = orders;
        this.teller = teller;
        this.instructions = instructions;
    }

    public static void main(String[] arguments) throws Exception {
        Instructions instructions = Instructions.listen();
        ClientOrders orders = ClientOrders.of(arguments);
        try (HistoryLog log = new HistoryLog(orders.history());
                Ringshard bank = Ringshard.open(RingshardConfig.load(orders.config()))) {
            System.out.println(READY + System.nanoTime());
            instructions.take();
            new ChaosClient(orders, new Teller(bank, log), instructions).work();
        }
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
        while (!instructions.areWaiting()) {
            operation = mix.after(operation, teller.perform(operation));
            LockSupport.parkNanos(mix.rest().toNanos());
        }
    }
}
