package dev.ringshard.routing;

import dev.ringshard.failure.ShardUnavailableException;
import dev.ringshard.ownership.Claim;
import dev.ringshard.ownership.OwnedRange;
import dev.ringshard.ring.TokenMap;
import dev.ringshard.shard.Shard;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the shards last said they own: an immutable snapshot.
 *
 * @param owners who owns which range; has gaps where no shard that ever answered owns the token
 * @param members what each shard that ever answered last said; without databases that are not initialised
 * @param silent the shards that did not answer when they were last asked
 */
record Routes(TokenMap<Shard> owners, Map<Shard, List<OwnedRange>> members, Set<Shard> silent) {

    static final Routes NONE = new Routes(TokenMap.of(List.of()), Map.of(), Set.of());

    @Nullable
    Shard owner(long token) {
        return owners.get(token);
    }

    /**
     * Takes over what the shards asked said; of one that did not answer, what it said before still stands.
     *
     * @param answers empty for a database that is not initialised
     */
    Routes updated(Collection<Shard> asked, Map<Shard, Optional<List<OwnedRange>>> answers) {
        Map<Shard, List<OwnedRange>> said = new LinkedHashMap<>(members);
        answers.forEach(
                (shard, ranges) -> ranges.ifPresentOrElse(owned -> said.put(shard, owned), () -> said.remove(shard)));
        Set<Shard> silentNow = new LinkedHashSet<>(silent);
        silentNow.addAll(asked);
        silentNow.removeAll(answers.keySet());
        return new Routes(merge(said), Map.copyOf(said), Set.copyOf(silentNow));
    }

    /** As if the shard had never answered. */
    Routes without(Shard leaver) {
        Map<Shard, List<OwnedRange>> said = new LinkedHashMap<>(members);
        said.remove(leaver);
        Set<Shard> stillSilent = new LinkedHashSet<>(silent);
        stillSilent.remove(leaver);
        return new Routes(merge(said), Map.copyOf(said), Set.copyOf(stillSilent));
    }

    static TokenMap<Shard> merge(Map<Shard, List<OwnedRange>> said) {
        List<Claim<Shard>> claims = new ArrayList<>();
        said.forEach((shard, ranges) ->
                ranges.forEach(owned -> claims.add(new Claim<>(owned.range(), owned.epoch(), shard))));
        return Claim.newest(claims);
    }

    /**
     * Checks that all shards answered when they were last asked.
     *
     * @throws ShardUnavailableException naming those that did not
     */
    void requireAllAnswered() {
        if (!silent.isEmpty()) {
            String names = silent.stream().map(Shard::name).sorted().collect(Collectors.joining(", "));
            throw ShardUnavailableException.unreachable(names, """
                    A read over all shards needs %s, which did not answer. Nothing was returned. Repeat the read \
                    once it does; a program can also ask for a partial answer.""".formatted(names), null);
        }
    }

    /** The share of the ring, 0 to 1, that each shard owns. */
    Map<String, Double> shares() {
        Map<String, Double> shares = new LinkedHashMap<>();
        owners.shares().forEach((shard, share) -> shares.put(shard.name(), share));
        return shares;
    }
}
