package dev.ringshard.cli.bank.demo;

import dev.ringshard.cli.screen.Numbers;
import dev.ringshard.cli.screen.ProgressLine;
import dev.ringshard.cli.screen.Terminal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/** Several threads that share numbered pieces of work. */
record WorkerThreads(int threads, Terminal terminal) {

    /**
     * What came of it.
     *
     * @param done how many pieces
     */
    record Outcome(int done, Duration time) {}

    /**
     * Does the pieces 0 to {@code pieces - 1}, each once, and waits for all threads. Begins none once the time is up.
     *
     * @throws RuntimeException what a piece failed with; no new piece is begun after that
     */
    Outcome run(String activity, int pieces, Duration atMost, IntConsumer work) {
        return run(activity, pieces, atMost, Alongside.NOTHING, work);
    }

    /**
     * Other work that goes on at the same time.
     *
     * @param isRunning whether it does: then the threads go on beyond their pieces
     * @param activity what it does, for the line of progress
     */
    record Alongside(BooleanSupplier isRunning, Supplier<String> activity) {
        static final Alongside NOTHING = new Alongside(() -> false, () -> "");
    }

    /** As {@link #run(String, int, Duration, IntConsumer)}, for as long as something else goes on. */
    Outcome run(String activity, int pieces, Duration atMost, Alongside alongside, IntConsumer work) {
        ProgressLine progress = new ProgressLine(terminal, activity);
        AtomicInteger next = new AtomicInteger();
        AtomicInteger done = new AtomicInteger();
        AtomicBoolean failed = new AtomicBoolean();
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        Runnable worker = () -> {
            int piece = next.getAndIncrement();
            while (!failed.get()
                    && (piece < pieces || alongside.isRunning.getAsBoolean())
                    && progress.elapsed().compareTo(atMost) < 0) {
                try {
                    work.accept(piece);
                } catch (RuntimeException failure) {
                    failed.set(true);
                    throw failure;
                }
                int count = done.incrementAndGet();
                if (count <= pieces) {
                    progress.tell(
                            count, "of " + Numbers.count(pieces), (double) count / pieces, alongside.activity.get());
                } else {
                    progress.tell("%s, %s; %s"
                            .formatted(
                                    Numbers.count(count),
                                    Numbers.rate(count, progress.elapsed()),
                                    alongside.activity.get()));
                }
                piece = next.getAndIncrement();
            }
        };
        try {
            join(start(executor, worker));
        } finally {
            executor.shutdown();
            progress.finish();
        }
        return new Outcome(done.get(), progress.elapsed());
    }

    private List<CompletableFuture<Void>> start(ExecutorService executor, Runnable worker) {
        List<CompletableFuture<Void>> workers = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            workers.add(CompletableFuture.runAsync(worker, executor));
        }
        return workers;
    }

    private static void join(List<CompletableFuture<Void>> workers) {
        try {
            CompletableFuture.allOf(workers.toArray(CompletableFuture[]::new)).join();
        } catch (CompletionException failed) {
            throw failed.getCause() instanceof RuntimeException cause ? cause : failed;
        }
    }
}
