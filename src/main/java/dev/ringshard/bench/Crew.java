package dev.ringshard.bench;

import dev.ringshard.failure.RingshardException;
import dev.ringshard.failure.SqlFailedException;
import dev.ringshard.shard.FailureKind;
import java.lang.management.ManagementFactory;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.HdrHistogram.Histogram;

/** Threads that do the same as often as they can. For one caller. */
final class Crew implements AutoCloseable {
    private final int threads;
    private final ExecutorService executor;
    private final BooleanSupplier stop;
    private long seed;

    /** @param stop asked between any two operations */
    Crew(int threads, long seed, BooleanSupplier stop) {
        this.threads = threads;
        this.executor = Executors.newFixedThreadPool(threads);
        this.seed = seed;
        this.stop = stop;
    }

    /** One operation. */
    @FunctionalInterface
    interface Operation {
        void run(SplittableRandom random) throws SQLException;
    }

    /**
     * Lets all threads work for a while.
     *
     * @throws RingshardException or another unchecked exception, what an operation failed with; the others stop then
     */
    Sample work(Duration time, Operation operation) {
        SplittableRandom chance = new SplittableRandom(seed++);
        AtomicBoolean failed = new AtomicBoolean();
        List<Future<Sample.OfThread>> members = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            SplittableRandom ownChance = chance.split();
            members.add(executor.submit(member(time, operation, ownChance, failed)));
        }
        return Sample.of(members.stream().map(Crew::result).toList());
    }

    private Callable<Sample.OfThread> member(
            Duration time, Operation operation, SplittableRandom chance, AtomicBoolean failed) {
        return () -> {
            Histogram latencies = Sample.newHistogram();
            long bytes = allocated();
            long start = System.nanoTime();
            long before = start;
            try {
                while (before - start < time.toNanos() && !failed.get() && !stop.getAsBoolean()) {
                    operation.run(chance);
                    long now = System.nanoTime();
                    latencies.recordValue(now - before);
                    before = now;
                }
            } catch (SQLException | RuntimeException failure) {
                failed.set(true);
                throw failure;
            }
            return new Sample.OfThread(latencies, Math.max(1, before - start), allocated() - bytes);
        };
    }

    /** By this thread since it began; 0 on a JVM that does not count. */
    private static long allocated() {
        return ManagementFactory.getThreadMXBean() instanceof com.sun.management.ThreadMXBean counting
                ? counting.getThreadAllocatedBytes(Thread.currentThread().getId())
                : 0;
    }

    private static Sample.OfThread result(Future<Sample.OfThread> member) {
        try {
            return member.get();
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof RuntimeException cause ? cause : refused(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw refused(interrupted);
        }
    }

    private static SqlFailedException refused(Throwable failure) {
        return new SqlFailedException(
                "A statement of the benchmark failed: %s. No figures are shown. What it made is being removed."
                        .formatted(FailureKind.first(failure)
                                .map(Throwable::getMessage)
                                .orElse(failure.getMessage())),
                failure);
    }

    @Override
    public void close() {
        executor.shutdown();
    }
}
