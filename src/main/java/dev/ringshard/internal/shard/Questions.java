package dev.ringshard.internal.shard;

import dev.ringshard.failure.ShardUnavailableException;
import dev.ringshard.internal.shard.Parallel.Outcome;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * One question to many shards at once, with a bound on the wait: a frozen shard must not stall those who wait for the
 * others. It is not asked again while an earlier question is still out. Thread-safe.
 */
public final class Questions<T> {
    private final ExecutorService executor;
    private final Function<Shard, T> question;
    private final Map<Shard, CompletableFuture<T>> open = new ConcurrentHashMap<>();

    public Questions(ExecutorService executor, Function<Shard, T> question) {
        this.executor = executor;
        this.question = question;
    }

    /**
     * What each shard answered; a {@link ShardUnavailableException} for one that did not in time.
     *
     * @throws ShardUnavailableException if the thread is interrupted while it waits; the shards are not to blame
     */
    public Map<Shard, Outcome<T>> ask(Collection<Shard> shards, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        Map<Shard, CompletableFuture<T>> asked = new LinkedHashMap<>();
        shards.forEach(shard -> asked.put(shard, open.computeIfAbsent(shard, this::ask)));
        Map<Shard, Outcome<T>> outcomes = new LinkedHashMap<>();
        asked.forEach((shard, answer) -> outcomes.put(shard, outcome(shard, answer, deadline - System.nanoTime())));
        return outcomes;
    }

    private CompletableFuture<T> ask(Shard shard) {
        return CompletableFuture.supplyAsync(() -> question.apply(shard), executor);
    }

    private Outcome<T> outcome(Shard shard, CompletableFuture<T> answer, long nanos) {
        try {
            return new Outcome<>(answer.get(Math.max(0, nanos), TimeUnit.NANOSECONDS), null);
        } catch (ExecutionException failure) {
            return new Outcome<>(
                    null,
                    failure.getCause() instanceof RuntimeException unchecked
                            ? unchecked
                            : new IllegalStateException("a question to a shard ended with an error", failure));
        } catch (TimeoutException late) {
            return new Outcome<>(null, late(shard, late));
        } catch (InterruptedException interrupt) {
            Thread.currentThread().interrupt();
            throw ShardUnavailableException.unreachable(
                    shard.name(),
                    "The thread was interrupted while it waited for an answer of shard %s.".formatted(shard.name()),
                    "Nothing was done. Repeat the call, if it is still wanted.",
                    interrupt);
        } finally {
            if (answer.isDone()) {
                open.remove(shard, answer);
            }
        }
    }

    private static ShardUnavailableException late(Shard shard, Exception cause) {
        return ShardUnavailableException.unreachable(
                shard.name(),
                "Shard %s does not answer in time%s."
                        .formatted(
                                shard.name(),
                                shard.source().trouble().map(": "::concat).orElse("")),
                "Nothing was done. Repeat the call later.",
                cause);
    }
}
