package dev.ringshard.bench;

import dev.ringshard.failure.RingshardException;
import dev.ringshard.failure.SqlFailedException;
import dev.ringshard.internal.shard.FailureKind;
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
final class BenchThreads implements AutoCloseable {
    private final int threads;
    private final ExecutorService executor;
    private final BooleanSupplier stop;
    private long seed;

    /** @param stop asked between any two operations */
    BenchThreads(int threads, long seed, BooleanSupplier stop) {
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
    Measurement work(Duration time, Operation operation) {
        SplittableRandom chance = new SplittableRandom(seed++);
        AtomicBoolean failed = new AtomicBoolean();
        List<Future<Measurement.OfThread>> members = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            SplittableRandom ownChance = chance.split();
            members.add(executor.submit(member(time, operation, ownChance, failed)));
        }
        return Measurement.of(members.stream().map(BenchThreads::result).toList());
    }

    private Callable<Measurement.OfThread> member(
            Duration time, Operation operation, SplittableRandom chance, AtomicBoolean failed) {
        return () -> {
            Histogram latencies = Measurement.newHistogram();
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
            return new Measurement.OfThread(latencies, Math.max(1, before - start), allocated() - bytes);
        };
    }

    /** By this thread since it began; 0 on a JVM that does not count. */
    private static long allocated() {
        return ManagementFactory.getThreadMXBean() instanceof com.sun.management.ThreadMXBean counting
                ? counting.getThreadAllocatedBytes(Thread.currentThread().getId())
                : 0;
    }

    private static Measurement.OfThread result(Future<Measurement.OfThread> member) {
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
