package dev.ringshard.routing;

import dev.ringshard.failure.ShardUnavailableException;
import dev.ringshard.ownership.OwnedRange;
import dev.ringshard.ring.TokenMap;
import dev.ringshard.ring.TokenRange;
import dev.ringshard.shard.Shard;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
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

    /**
     * One map of what all say. Shards are asked one after the other, so two may both claim a token that moved in
     * between; the higher epoch is the newer knowledge.
     */
    static TokenMap<Shard> merge(Map<Shard, List<OwnedRange>> said) {
        List<Claim> claims = new ArrayList<>();
        said.forEach((shard, ranges) -> ranges.forEach(owned -> claims.add(new Claim(owned, shard))));
        claims.sort(Comparator.comparingLong(claim -> claim.owned.epoch()));
        NavigableMap<Long, Claim> newest = new TreeMap<>();
        claims.forEach(claim -> claim.overwrite(newest));
        List<TokenMap.Entry<Shard>> entries = new ArrayList<>(newest.size());
        newest.values().forEach(claim -> entries.add(new TokenMap.Entry<>(claim.owned.range(), claim.shard)));
        return TokenMap.of(entries).merged();
    }

    private record Claim(OwnedRange owned, Shard shard) {

        /** Takes this claim's range away from all that are in the map, which is by first token and without overlap. */
        void overwrite(NavigableMap<Long, Claim> newest) {
            Map.Entry<Long, Claim> before = newest.floorEntry(last());
            while (before != null && before.getValue().last() >= first()) {
                Claim older = newest.remove(before.getKey());
                if (older.first() < first()) {
                    newest.put(older.first(), older.within(older.first(), first() - 1));
                }
                if (older.last() > last()) {
                    newest.put(last() + 1, older.within(last() + 1, older.last()));
                }
                before = newest.floorEntry(last());
            }
            newest.put(first(), this);
        }

        private Claim within(long first, long last) {
            return new Claim(new OwnedRange(new TokenRange(first, last), owned.epoch()), shard);
        }

        private long first() {
            return owned.range().first();
        }

        private long last() {
            return owned.range().last();
        }
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
                    once it does, or ask for a partial answer.""".formatted(names), null);
        }
    }

    /** The share of the ring, 0 to 1, that each shard owns. */
    Map<String, Double> shares() {
        Map<String, Double> shares = new LinkedHashMap<>();
        owners.shares().forEach((shard, share) -> shares.put(shard.name(), share));
        return shares;
    }
}
