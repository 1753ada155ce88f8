package dev.ringshard.internal.routes;

import dev.ringshard.failure.NoOwnerException;
import dev.ringshard.internal.handover.Finisher;
import dev.ringshard.internal.ownership.CommittedHandover;
import dev.ringshard.internal.ownership.HandoverTable;
import dev.ringshard.internal.shard.Questions;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.Shards;
import dev.ringshard.ring.TokenRange;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Handovers that their mover has committed on the source, and not made available on the target. Thread-safe. */
final class UnfinishedHandovers {
    private static final Logger log = LoggerFactory.getLogger(UnfinishedHandovers.class);

    private final Questions<Boolean> finishing;

    /** Shards with handovers that the database user may not finish. */
    private final Set<Shard> awaitingMovers = ConcurrentHashMap.newKeySet();

    UnfinishedHandovers(Shards shards, ExecutorService executor) {
        this.finishing = new Questions<>(executor, source -> Finisher.finish(source, shards::find));
    }

    /**
     * Finishes the handovers that are committed on some shards: if their mover died, no shard serves those tokens until
     * that is done. Best effort; the next caller tries again.
     *
     * @param patience how long it waits for one shard
     */
    void finish(Collection<Shard> sources, Duration patience) {
        finishing.ask(sources, patience).forEach((source, outcome) -> {
            if (outcome.failure() != null) {
                log.debug("Handovers of shard {} could not be finished now", source.name(), outcome.failure());
            } else if (outcome.get()) {
                awaitingMovers.remove(source);
            } else {
                awaitingMovers.add(source);
            }
        });
    }

    /** The same failure; or why waiting did not help, if a handover is to be finished that this user may not finish. */
    NoOwnerException explained(NoOwnerException failure, Predicate<TokenRange> concerned) {
        return awaitingMovers.stream()
                .flatMap(source -> committed(source).stream()
                        .filter(handover -> concerned.test(handover.range()))
                        .map(handover -> awaitsMover(source, handover, failure)))
                .findFirst()
                .orElse(failure);
    }

    private static NoOwnerException awaitsMover(Shard source, CommittedHandover handover, NoOwnerException failure) {
        String text = """
                Shard %s handed the range %s over to shard %s, where nobody has made it available so far: its mover died, \
                or is slow, and the database user of this process may not finish handovers. Nothing was done and nothing \
                is lost. Run recover as the mover's role, then repeat the call.""".formatted(source.name(), handover.range(), handover.target());
        return failure.refusal()
                .map(refusal -> new NoOwnerException(text, refusal, failure))
                .orElseGet(() -> new NoOwnerException(text, failure));
    }

    private static List<CommittedHandover> committed(Shard source) {
        try {
            return Objects.requireNonNull(source.snapshot(looking -> HandoverTable.all(looking.dsl())));
        } catch (RuntimeException unanswered) {
            return List.of();
        }
    }
}
