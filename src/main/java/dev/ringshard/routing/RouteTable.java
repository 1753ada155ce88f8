package dev.ringshard.routing;

import dev.ringshard.failure.ForeignShardException;
import dev.ringshard.failure.ShardUnavailableException;
import dev.ringshard.ownership.Finisher;
import dev.ringshard.ownership.OwnedRange;
import dev.ringshard.shard.Shard;
import dev.ringshard.shard.Shards;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the newest {@link Routes}. Any number of threads read it without a lock; one at a time asks shards anew, and
 * those that come meanwhile take its answer. Thread-safe.
 */
final class RouteTable {
    private static final Logger log = LoggerFactory.getLogger(RouteTable.class);

    /** How long shards may take to say what they own when the router opens, which is when a wrong one must show. */
    private static final Duration PATIENCE_AT_FIRST = Duration.ofSeconds(10);

    /** And later, when callers wait for it. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final Shards shards;
    private final Admission admission;
    private final ExecutorService executor;
    private final Map<Shard, CompletableFuture<Optional<List<OwnedRange>>>> questions = new HashMap<>();
    private volatile Routes current = Routes.NONE;

    RouteTable(Shards shards, Admission admission, ExecutorService executor) {
        this.shards = shards;
        this.admission = admission;
        this.executor = executor;
    }

    Routes current() {
        return current;
    }

    /** Asks all shards, whatever others have asked. */
    synchronized Routes askAll() {
        return refresh(current);
    }

    /** Asks all shards, unless somebody has asked any since the caller took {@code seen}. */
    Routes refresh(Routes seen) {
        return refresh(seen, shards.all());
    }

    /**
     * Asks some shards, unless somebody has asked any since the caller took {@code seen}: that may have been enough, and
     * if not, the caller comes again.
     *
     * @throws ForeignShardException if at the first time a database is not the shard that it is configured as
     */
    @SuppressWarnings("ReferenceEquality") // not "says the same", but "is the one that the caller took"
    synchronized Routes refresh(Routes seen, Collection<Shard> asked) {
        if (current == seen) {
            current = seen.updated(asked, ask(asked));
        }
        return current;
    }

    /**
     * Finishes the handovers that are committed on some shards: if their mover died, nobody serves those tokens until
     * somebody does. Best effort; whoever comes next tries again.
     */
    void finishHandovers(Collection<Shard> sources) {
        Parallel.forEach(executor, sources, source -> Finisher.finish(source, shards::find))
                .forEach((source, outcome) -> {
                    if (outcome.failure() != null) {
                        log.debug("Handovers of shard {} could not be finished now", source.name(), outcome.failure());
                    }
                });
    }

    /** As it is, if all shards answered; otherwise after asking those that did not once more. */
    Routes afterAskingTheSilent() {
        Routes routes = current;
        return routes.silent().isEmpty() ? routes : refresh(routes, routes.silent());
    }

    /**
     * What each shard says. One that fails, or has not answered in time, is silent: it must not keep the others from
     * being served. It is not asked again while an earlier question is still out.
     */
    private Map<Shard, Optional<List<OwnedRange>>> ask(Collection<Shard> asked) {
        Duration patience = current.members().isEmpty() ? PATIENCE_AT_FIRST : PATIENCE;
        long deadline = System.nanoTime() + patience.toNanos();
        for (Shard shard : asked) {
            questions.computeIfAbsent(
                    shard, one -> CompletableFuture.supplyAsync(() -> admission.ranges(one), executor));
        }
        Map<Shard, Optional<List<OwnedRange>>> answers = new LinkedHashMap<>();
        for (Shard shard : asked) {
            CompletableFuture<Optional<List<OwnedRange>>> question = Objects.requireNonNull(questions.get(shard));
            answer(shard, question, deadline - System.nanoTime()).ifPresent(answer -> answers.put(shard, answer));
            if (question.isDone()) {
                questions.remove(shard);
            }
        }
        return answers;
    }

    private Optional<Optional<List<OwnedRange>>> answer(
            Shard shard, CompletableFuture<Optional<List<OwnedRange>>> question, long nanos) {
        try {
            return Optional.of(question.get(Math.max(0, nanos), TimeUnit.NANOSECONDS));
        } catch (ExecutionException failure) {
            return afterFailure(shard, failure.getCause());
        } catch (TimeoutException late) {
            return silent(shard, late);
        } catch (InterruptedException interrupt) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /** A wrong database is a reason not to open at all, but not to stop what is running. */
    private Optional<Optional<List<OwnedRange>>> afterFailure(Shard shard, @Nullable Throwable cause) {
        if (cause instanceof ForeignShardException foreign) {
            if (current.members().isEmpty()) {
                throw foreign;
            }
            log.error("Shard {} takes no part any more: {}", shard.name(), foreign.getMessage());
            return Optional.of(Optional.empty());
        }
        return silent(shard, cause);
    }

    /** Logged once: a shard that stays silent is asked again and again. */
    private Optional<Optional<List<OwnedRange>>> silent(Shard shard, @Nullable Throwable cause) {
        if (current.silent().contains(shard)) {
            return Optional.empty();
        }
        if (cause instanceof ShardUnavailableException unavailable) {
            log.info(unavailable.getMessage()); // whoever needs the shard is told
        } else {
            log.warn("Shard {} does not say what it owns; its customers have to wait", shard.name(), cause);
        }
        return Optional.empty();
    }
}
