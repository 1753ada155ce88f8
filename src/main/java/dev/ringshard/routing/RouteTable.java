package dev.ringshard.routing;

import dev.ringshard.failure.ForeignShardException;
import dev.ringshard.failure.ShardUnavailableException;
import dev.ringshard.ownership.Finisher;
import dev.ringshard.ownership.OwnedRange;
import dev.ringshard.shard.Shard;
import dev.ringshard.shard.Shards;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the newest {@link Routes}. Any number of threads read it without a lock; one at a time asks shards anew, and
 * those that come meanwhile take its answer. Thread-safe.
 */
final class RouteTable {
    private static final Logger log = LoggerFactory.getLogger(RouteTable.class);

    private final Shards shards;
    private final Admission admission;
    private final ExecutorService executor;
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

    private Map<Shard, Optional<List<OwnedRange>>> ask(Collection<Shard> asked) {
        Map<Shard, Optional<List<OwnedRange>>> answers = new LinkedHashMap<>();
        Parallel.forEach(executor, asked, admission::ranges).forEach((shard, outcome) -> {
            if (outcome.failure() instanceof ShardUnavailableException) {
                return; // it is silent; its tokens say so
            }
            if (outcome.failure() instanceof ForeignShardException foreign
                    && !current.members().isEmpty()) {
                log.error("Shard {} takes no part any more: {}", shard.name(), foreign.getMessage());
                answers.put(shard, Optional.empty()); // one wrong database must not stop the others
                return;
            }
            answers.put(shard, outcome.get());
        });
        return answers;
    }
}
