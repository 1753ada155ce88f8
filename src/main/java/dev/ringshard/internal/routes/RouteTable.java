package dev.ringshard.internal.routes;

import dev.ringshard.failure.ForeignShardException;
import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.failure.KeysOnDifferentShardsException;
import dev.ringshard.failure.NoOwnerException;
import dev.ringshard.failure.NoOwnerException.Refusal;
import dev.ringshard.failure.RingshardException;
import dev.ringshard.failure.ShardUnavailableException;
import dev.ringshard.internal.ownership.HandoverTable;
import dev.ringshard.internal.ownership.OwnedRange;
import dev.ringshard.internal.ownership.SetBack;
import dev.ringshard.internal.ownership.ShardReading;
import dev.ringshard.internal.routes.Admission.OwnershipAnswer;
import dev.ringshard.internal.shard.Parallel.Outcome;
import dev.ringshard.internal.shard.Questions;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.Shards;
import dev.ringshard.ring.KeyHash;
import dev.ringshard.ring.KeyType;
import dev.ringshard.ring.TokenRange;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the newest {@link Routes}. Any number of threads read it without a lock; one at a time asks shards anew, and
 * those that come meanwhile take its answer. Thread-safe.
 */
public final class RouteTable {
    private static final Logger log = LoggerFactory.getLogger(RouteTable.class);

    /** How long shards may take to say what they own when the router opens, which is when a wrong one must show. */
    private static final Duration PATIENCE_AT_FIRST = Duration.ofSeconds(10);

    /** And later, when callers wait for it. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final Shards shards;
    private final Admission admission;
    private final Questions<Optional<OwnershipAnswer>> ranges;
    private final RestoredShards restored;
    private final Contradictions contradictions;
    private final UnfinishedHandovers unfinished;

    /** Held while shards are asked; a lock, and no monitor, because a virtual thread that waits in one keeps its carrier. */
    private final ReentrantLock asking = new ReentrantLock();

    private volatile Routes current = Routes.NONE;

    private RouteTable(Shards shards, Admission admission, ExecutorService executor) {
        this.shards = shards;
        this.admission = admission;
        this.ranges = new Questions<>(executor, admission::ranges);
        this.restored = new RestoredShards(shards);
        this.contradictions = new Contradictions(asked -> ranges.ask(asked, PATIENCE));
        this.unfinished = new UnfinishedHandovers(shards, executor);
    }

    /**
     * Asks each shard who it is and what it owns. Shards that do not answer do not keep it from opening.
     *
     * @param executor asks many shards at once; stays the caller's
     * @throws ForeignShardException if a database is not the shard that the configuration means, or no cluster is there
     */
    public static RouteTable open(String cluster, KeyHash hash, Shards shards, ExecutorService executor) {
        RouteTable table = new RouteTable(shards, new Admission(cluster, hash), executor);
        Routes routes = table.refresh(table.current);
        if (routes.members().isEmpty() && routes.silent().isEmpty()) {
            Map<String, ShardReading> answers = new LinkedHashMap<>();
            shards.all().forEach(shard -> answers.put(shard.name(), ShardReading.of(shard)));
            throw ShardReading.withoutMembers(cluster, answers);
        }
        return table;
    }

    /**
     * What the keys of the cluster are, as its shards remember it.
     *
     * @throws ShardUnavailableException if no shard has answered so far
     */
    public KeyType keyType() {
        Optional<KeyType> known = admission.keyType();
        if (known.isPresent()) {
            return known.get();
        }
        refresh(current);
        return admission
                .keyType()
                .orElseThrow(() -> current.silent(
                        "This key belongs to none of the shards that answer.",
                        "Nothing was done. Repeat the call once %s.".formatted(current.answering())));
    }

    /**
     * One of the shards.
     *
     * @throws InvalidInputException if there is none of that name
     */
    public Shard shard(String name) {
        return shards.get(name);
    }

    public Routes current() {
        return current;
    }

    /** Asks all shards, whatever others have asked. */
    public Routes askAll() {
        return locked(() -> refresh(current));
    }

    private Routes locked(Supplier<Routes> ask) {
        asking.lock();
        try {
            return ask.get();
        } finally {
            asking.unlock();
        }
    }

    /** Asks all shards but one, which owns nothing any more, and forgets that one. */
    public void forget(Shard leaver) {
        locked(() -> {
            refresh(
                    current,
                    shards.all().stream().filter(shard -> shard != leaver).toList());
            current = current.without(leaver);
            return current;
        });
    }

    /** Asks all shards, unless another caller has asked any since the caller took {@code seen}. */
    public Routes refresh(Routes seen) {
        return refresh(seen, shards.all());
    }

    /**
     * Asks some shards, unless another caller has asked any since the caller took {@code seen}: that may have been enough, and
     * if not, the caller comes again.
     *
     * @throws ForeignShardException if at the first time a database is not the shard that it is configured as
     * @throws ShardUnavailableException if the thread is interrupted while it waits for answers; what is known stays as it is
     */
    @SuppressWarnings("ReferenceEquality") // not "says the same", but "is the one that the caller took"
    Routes refresh(Routes seen, Collection<Shard> asked) {
        return locked(() -> {
            if (current == seen) {
                current = updated(seen, asked);
            }
            return current;
        });
    }

    /**
     * The shard that owns all of these tokens, as far as is known; asks the shards where it is not.
     *
     * @throws KeysOnDifferentShardsException if no one shard owns them all
     * @throws ShardUnavailableException if one of them belongs to none of the shards that answer
     * @throws NoOwnerException if every shard answered and none owns it
     */
    public Shard commonOwner(List<Long> tokens) {
        Shard first = owner(tokens.get(0));
        if (tokens.size() == 1) {
            return first;
        }
        Set<Shard> owners = owners(tokens);
        if (owners.size() > 1) {
            refresh(current);
            owners = owners(tokens);
        }
        if (owners.size() > 1) {
            throw new KeysOnDifferentShardsException("""
                    The %d keys of one transaction live on %d shards (%s); a transaction runs on one. Nothing \
                    was run. Do the work key by key.""".formatted(
                            tokens.size(),
                            owners.size(),
                            owners.stream().map(Shard::name).sorted().collect(Collectors.joining(", "))));
        }
        return owners.iterator().next();
    }

    private Set<Shard> owners(List<Long> tokens) {
        return tokens.stream().map(this::owner).collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private Shard owner(long token) {
        Routes routes = current;
        Shard owner = routes.owner(token);
        return owner != null && !owner.hasChanged() ? owner : ownerAfterAsking(token, routes);
    }

    private Shard ownerAfterAsking(long token, Routes seen) {
        Routes routes = seen.silent().isEmpty() ? refresh(seen) : afterAskingTheSilent();
        Shard owner = routes.owner(token);
        if (owner != null && !owner.hasChanged()) {
            return owner;
        }
        routes.requireNoContradiction(token);
        if (!routes.silent().isEmpty()) {
            throw routes.silent(
                    "This key (token %d) belongs to none of the shards that answer.".formatted(token),
                    """
                    Nothing was done. Repeat the call once %s; keys on the shards that answer are not affected.""".formatted(routes.answering()));
        }
        throw new NoOwnerException("""
                No shard owns token %d at the moment, and every shard answered: it is being handed over, or \
                the shard that has it is missing from the configuration. Nothing was done. Repeat the call; if \
                this persists, look at the status.""".formatted(token));
    }

    /**
     * Learns from a refusal where the token is now: asks the shards that know, and finishes a handover whose mover is not
     * done, or died.
     */
    public void learn(NoOwnerException refused) {
        Collection<Shard> knowing = whoKnows(refused);
        Routes routes = refresh(current, knowing);
        if (!saysWhoOwns(routes, refused, knowing)) {
            finishHandovers(knowing);
            refresh(current, knowing);
        }
    }

    /**
     * The shard that refused and the one that it handed the token to; all, if it named none. An owner that is not
     * configured cannot be followed.
     */
    private Collection<Shard> whoKnows(NoOwnerException refused) {
        Optional<Refusal> refusal = refused.refusal();
        Optional<Shard> owner = refused.owner().map(shards::get);
        if (refusal.isEmpty() || owner.isEmpty()) {
            return shards.all();
        }
        Set<Shard> knowing = new LinkedHashSet<>();
        knowing.add(owner.get());
        shards.find(refusal.get().shard()).ifPresent(knowing::add);
        return knowing;
    }

    /** Whether one of the shards just asked says that it owns the token; what others said before may be old. */
    private static boolean saysWhoOwns(Routes routes, NoOwnerException refused, Collection<Shard> asked) {
        Long token = refused.refusal().map(Refusal::token).orElse(null);
        Shard owner = token == null ? null : routes.owner(token);
        return owner != null && asked.contains(owner) && !routes.silent().contains(owner);
    }

    /**
     * The same failure; or why waiting did not help.
     *
     * @throws InvalidInputException if a token went to a shard that is not configured
     */
    public NoOwnerException explained(NoOwnerException failure, List<Long> tokens) {
        tokens.forEach(
                token -> strangersWith(token).forEach(shards::get)); // which names a shard that is not configured
        return explained(failure, range -> tokens.stream().anyMatch(range::contains));
    }

    /** As {@link UnfinishedHandovers#finish}. */
    public void finishHandovers(Collection<Shard> sources) {
        unfinished.finish(sources, PATIENCE);
    }

    /** As {@link UnfinishedHandovers#explained}. */
    public NoOwnerException explained(NoOwnerException failure, Predicate<TokenRange> concerned) {
        return unfinished.explained(failure, concerned);
    }

    /** The shards that a token was handed to, and that are not configured here; of shards that answer. */
    private List<String> strangersWith(long token) {
        return shards.all().stream()
                .flatMap(shard -> wentTo(shard, token).stream())
                .filter(name -> shards.find(name).isEmpty())
                .toList();
    }

    private static Optional<String> wentTo(Shard shard, long token) {
        try {
            return shard.snapshot(looking -> HandoverTable.wentTo(looking.dsl(), token));
        } catch (RuntimeException unanswered) {
            return Optional.empty();
        }
    }

    /** As it is, if all shards answered; otherwise after asking those that did not once more. */
    public Routes afterAskingTheSilent() {
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
        Set<SetBack> found = new LinkedHashSet<>();
        Map<Shard, String> losses = new LinkedHashMap<>();
        Duration patience = current.members().isEmpty() ? PATIENCE_AT_FIRST : PATIENCE;
        Map<Shard, Outcome<Optional<OwnershipAnswer>>> said = ranges.ask(asked, patience);
        said.values().stream()
                .filter(outcome -> outcome.failure() == null)
                .forEach(outcome -> restored.note(outcome.get(), asked));
        said.forEach((shard, outcome) -> {
            if (outcome.failure() == null) {
                RestoredShards.Judgement judgement = restored.judge(shard, outcome.get());
                found.addAll(judgement.contradictions());
                judgement.loss().ifPresent(loss -> losses.put(shard, loss));
                judgement
                        .doubt()
                        .ifPresentOrElse(
                                doubt -> silences.put(shard, doubt),
                                () -> answers.put(shard, outcome.get().map(OwnershipAnswer::owned)));
            } else if (takesNoPart(shard, outcome.failure())) {
                answers.put(shard, Optional.empty());
            } else {
                silences.put(shard, why(shard, outcome.failure()));
            }
        });
        Routes judged = contradictions.judged(seen.updated(answers, silences), answers.keySet(), found);
        losses.forEach((shard, loss) -> {
            if (judged.contradictions().stream().noneMatch(one -> one.shard().equals(shard.name()))) {
                log.warn(loss);
            }
        });
        return judged;
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
            log.info(failure.getMessage()); // a caller that needs the shard is told
        } else {
            log.warn("Shard {} does not say what it owns; its keys have to wait", shard.name(), failure);
        }
    }
}
