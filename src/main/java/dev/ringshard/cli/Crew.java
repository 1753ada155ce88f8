package dev.ringshard.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/** Several threads that share numbered pieces of work. */
record Crew(int threads, Terminal terminal) {

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
        Progress progress = new Progress(terminal, activity);
        AtomicInteger next = new AtomicInteger();
        AtomicInteger done = new AtomicInteger();
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        Runnable member = () -> {
            int piece = next.getAndIncrement();
            while (piece < pieces && progress.elapsed().compareTo(atMost) < 0) {
                try {
                    work.accept(piece);
                } catch (RuntimeException failure) {
                    next.set(pieces);
                    throw failure;
                }
                int count = done.incrementAndGet();
                progress.tell(count, "of " + Numbers.count(pieces), (double) count / pieces);
                piece = next.getAndIncrement();
            }
        };
        try {
            join(start(executor, member));
        } finally {
            executor.shutdown();
            progress.finish();
        }
        return new Outcome(done.get(), progress.elapsed());
    }

    private List<CompletableFuture<Void>> start(ExecutorService executor, Runnable member) {
        List<CompletableFuture<Void>> members = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            members.add(CompletableFuture.runAsync(member, executor));
        }
        return members;
    }

    private static void join(List<CompletableFuture<Void>> members) {
        try {
            CompletableFuture.allOf(members.toArray(CompletableFuture[]::new)).join();
        } catch (CompletionException failed) {
            throw failed.getCause() instanceof RuntimeException cause ? cause : failed;
        }
    }
}
