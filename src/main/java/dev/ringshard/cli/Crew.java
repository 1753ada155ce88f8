package dev.ringshard.cli;

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
        return run(activity, pieces, atMost, Besides.NOTHING, work);
    }

    /**
     * What goes on besides.
     *
     * @param isOn whether it does: then the crew goes on beyond its pieces
     * @param now what it does, for the line of progress
     */
    record Besides(BooleanSupplier isOn, Supplier<String> now) {
        static final Besides NOTHING = new Besides(() -> false, () -> "");
    }

    /** As {@link #run(String, int, Duration, IntConsumer)}, for as long as something else goes on. */
    Outcome run(String activity, int pieces, Duration atMost, Besides besides, IntConsumer work) {
        Progress progress = new Progress(terminal, activity);
        AtomicInteger next = new AtomicInteger();
        AtomicInteger done = new AtomicInteger();
        AtomicBoolean failed = new AtomicBoolean();
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        Runnable member = () -> {
            int piece = next.getAndIncrement();
            while (!failed.get()
                    && (piece < pieces || besides.isOn.getAsBoolean())
                    && progress.elapsed().compareTo(atMost) < 0) {
                try {
                    work.accept(piece);
                } catch (RuntimeException failure) {
                    failed.set(true);
                    throw failure;
                }
                int count = done.incrementAndGet();
                if (count <= pieces) {
                    progress.tell(count, "of " + Numbers.count(pieces), (double) count / pieces, besides.now.get());
                } else {
                    progress.tell("%s, %s; %s"
                            .formatted(
                                    Numbers.count(count), Numbers.rate(count, progress.elapsed()), besides.now.get()));
                }
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
