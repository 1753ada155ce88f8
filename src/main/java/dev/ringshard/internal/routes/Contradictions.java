package dev.ringshard.internal.routes;

import dev.ringshard.internal.ownership.OwnedRange;
import dev.ringshard.internal.ownership.SetBack;
import dev.ringshard.internal.routes.Admission.OwnershipAnswer;
import dev.ringshard.internal.shard.Parallel.Outcome;
import dev.ringshard.internal.shard.Shard;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells two owners of a range from a handover. Shards are asked at the same time, so one may have said that it owns a range just
 * before it handed it over to another, which said so just after.
 *
 * <p>INVARIANT: only what both say once more, asked after both had answered, is no handover: a shard that handed the range over has
 * done so by then.
 */
record Contradictions(Questioner questioner) {
    private static final Logger log = LoggerFactory.getLogger(Contradictions.class);

    /** Asks shards what they own. */
    @FunctionalInterface
    interface Questioner {
        Map<Shard, Outcome<Optional<OwnershipAnswer>>> ask(Collection<Shard> shards);
    }

    /**
     * Routes with what contradicts in them; what contradicted before stays until the shard that it accuses has answered anew.
     *
     * @param fresh the shards that have just answered
     * @param found what else contradicts
     */
    Routes judged(Routes routes, Set<Shard> fresh, Set<SetBack> found) {
        Set<String> members = names(routes.members().keySet());
        Set<String> answered = names(fresh);
        Set<SetBack> twice = SetBack.ofOwners(routes.byName());
        Set<SetBack> known = new LinkedHashSet<>(found);
        routes.contradictions().stream()
                .filter(before -> twice.contains(before)
                        || (members.contains(before.shard()) && !answered.contains(before.shard())))
                .forEach(known::add);
        Set<SetBack> suspected = twice.stream()
                .filter(one -> !known.contains(one) && isAbout(answered, one))
                .collect(Collectors.toSet());
        if (suspected.isEmpty()) {
            return routes.with(known);
        }
        Map<Shard, Optional<List<OwnedRange>>> again = again(routes.members().keySet(), suspected);
        Routes later = routes.updated(again, Map.of());
        Set<String> answeredAgain = names(again.keySet());
        suspected = SetBack.foundTwice(suspected, SetBack.ofOwners(later.byName()));
        suspected.removeIf(one -> !isAbout(answeredAgain, one));
        if (!suspected.isEmpty()) {
            log.error(String.join(" ", SetBack.sentences(suspected)));
        }
        known.addAll(suspected);
        return later.with(known);
    }

    private static Set<String> names(Collection<Shard> shards) {
        return shards.stream().map(Shard::name).collect(Collectors.toSet());
    }

    /** Whether both of its shards are among these. */
    private static boolean isAbout(Set<String> shards, SetBack one) {
        return shards.contains(one.shard()) && shards.contains(one.other());
    }

    private Map<Shard, Optional<List<OwnedRange>>> again(Collection<Shard> members, Set<SetBack> suspected) {
        Set<String> involved = suspected.stream()
                .flatMap(one -> Stream.of(one.shard(), one.other()))
                .collect(Collectors.toSet());
        Map<Shard, Optional<List<OwnedRange>>> again = new LinkedHashMap<>();
        questioner
                .ask(members.stream()
                        .filter(member -> involved.contains(member.name()))
                        .toList())
                .forEach((shard, outcome) -> {
                    if (outcome.failure() == null) {
                        again.put(shard, outcome.get().map(OwnershipAnswer::owned));
                    }
                });
        return again;
    }
}
