package dev.ringshard.routing;

import dev.ringshard.failure.ForeignShardException;
import dev.ringshard.failure.NoOwnerException;
import dev.ringshard.failure.RingshardException;
import dev.ringshard.failure.ShardUnavailableException;
import dev.ringshard.ownership.Finisher;
import dev.ringshard.ownership.HandoverSource;
import dev.ringshard.ownership.HandoverSource.Committed;
import dev.ringshard.ownership.OwnedRange;
import dev.ringshard.ring.TokenRange;
import dev.ringshard.shard.Shard;
import dev.ringshard.shard.Shards;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.function.Predicate;
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
    private final Questions<Optional<List<OwnedRange>>> ranges;
    private final Questions<Boolean> finishing;

    /** Shards with handovers that the database user may not finish. */
    private final Set<Shard> awaitingMovers = ConcurrentHashMap.newKeySet();

    private volatile Routes current = Routes.NONE;

    RouteTable(Shards shards, Admission admission, ExecutorService executor) {
        this.shards = shards;
        this.ranges = new Questions<>(executor, admission::ranges);
        this.finishing = new Questions<>(executor, source -> Finisher.finish(source, shards::find));
    }

    Routes current() {
        return current;
    }

    /** Asks all shards, whatever others have asked. */
    synchronized Routes askAll() {
        return refresh(current);
    }

    /** Asks all shards but one, which owns nothing any more, and forgets that one. */
    synchronized void forget(Shard leaver) {
        refresh(current, shards.all().stream().filter(shard -> shard != leaver).toList());
        current = current.without(leaver);
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
            current = updated(seen, asked);
        }
        return current;
    }

    /**
     * Finishes the handovers that are committed on some shards: if their mover died, nobody serves those tokens until
     * somebody does. Best effort; whoever comes next tries again.
     */
    void finishHandovers(Collection<Shard> sources) {
        finishing.ask(sources, PATIENCE).forEach((source, outcome) -> {
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

    private static NoOwnerException awaitsMover(Shard source, Committed handover, NoOwnerException failure) {
        String text = """
                Shard %s handed the range %s over to shard %s, where nobody has made it available so far: its mover died, \
                or is slow, and the database user of this process may not finish handovers. Nothing was done and nothing \
                is lost. Run recover as the mover's role, then repeat the call.""".formatted(source.name(), handover.range(), handover.target());
        return failure.refusal()
                .map(refusal -> new NoOwnerException(text, refusal, failure))
                .orElseGet(() -> new NoOwnerException(text, failure));
    }

    private static List<Committed> committed(Shard source) {
        try {
            return Objects.requireNonNull(source.snapshot(looking -> HandoverSource.committed(looking.dsl())));
        } catch (RuntimeException unanswered) {
            return List.of();
        }
    }

    /** The shards that a token was handed to, and that are not configured here; of shards that answer. */
    List<String> strangersWith(long token) {
        return shards.all().stream()
                .flatMap(shard -> wentTo(shard, token).stream())
                .filter(name -> shards.find(name).isEmpty())
                .toList();
    }

    private static Optional<String> wentTo(Shard shard, long token) {
        try {
            return shard.snapshot(looking -> HandoverSource.wentTo(looking.dsl(), token));
        } catch (RuntimeException unanswered) {
            return Optional.empty();
        }
    }

    /** As it is, if all shards answered; otherwise after asking those that did not once more. */
    Routes afterAskingTheSilent() {
        Routes routes = current;
        return routes.silent().isEmpty() ? routes : refresh(routes, routes.silent());
    }

    /**
     * With what each shard says. One that fails, or has not answered in time, is silent: it must not keep the others
     * from being served.
     */
    private Routes updated(Routes seen, Collection<Shard> asked) {
        Map<Shard, Optional<List<OwnedRange>>> answers = new LinkedHashMap<>();
        Map<Shard, String> silences = new LinkedHashMap<>();
        Duration patience = current.members().isEmpty() ? PATIENCE_AT_FIRST : PATIENCE;
        ranges.ask(asked, patience).forEach((shard, outcome) -> {
            if (outcome.failure() == null) {
                answers.put(shard, outcome.get());
            } else if (takesNoPart(shard, outcome.failure())) {
                answers.put(shard, Optional.empty());
            } else {
                silences.put(shard, why(shard, outcome.failure()));
            }
        });
        return seen.updated(answers, silences);
    }

    /** A wrong database is a reason not to open at all, but not to stop what is running. */
    private boolean takesNoPart(Shard shard, RuntimeException failure) {
        if (failure instanceof ForeignShardException foreign) {
            if (current.members().isEmpty()) {
                throw foreign;
            }
            log.error("Shard {} takes no part any more: {}", shard.name(), foreign.getMessage());
            return true;
        }
        if (!current.silent().contains(shard)) { // once: a shard that stays silent is asked again and again
            tellSilent(shard, failure);
        }
        return false;
    }

    private static String why(Shard shard, RuntimeException failure) {
        if (failure instanceof ShardUnavailableException unavailable) {
            return unavailable.why();
        }
        return failure instanceof RingshardException known
                ? String.valueOf(known.getMessage())
                : "Shard %s does not say what it owns: %s.".formatted(shard.name(), failure.getMessage());
    }

    private static void tellSilent(Shard shard, RuntimeException failure) {
        if (failure instanceof ShardUnavailableException) {
            log.info(failure.getMessage()); // whoever needs the shard is told
        } else {
            log.warn("Shard {} does not say what it owns; its customers have to wait", shard.name(), failure);
        }
    }
}
