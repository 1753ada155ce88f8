package dev.ringshard.internal.routes;

import dev.ringshard.failure.CorruptionException;
import dev.ringshard.failure.ShardUnavailableException;
import dev.ringshard.internal.ownership.Claim;
import dev.ringshard.internal.ownership.OwnedRange;
import dev.ringshard.internal.ownership.SetBack;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.ring.TokenMap;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
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
 * @param contradictions what shows that a shard was set back in time; no shard is the owner of those ranges
 * @param silences the shards that did not answer when they were last asked, and why, each in whole sentences
 */
public record Routes(
        TokenMap<Shard> owners,
        Map<Shard, List<OwnedRange>> members,
        Map<Shard, String> silences,
        Set<SetBack> contradictions) {

    static final Routes NONE = new Routes(TokenMap.of(List.of()), Map.of(), Map.of(), Set.of());

    public Routes {
        contradictions = Set.copyOf(contradictions);
    }

    @Nullable
    public Shard owner(long token) {
        return isContradicted(token) ? null : owners.get(token);
    }

    private boolean isContradicted(long token) {
        return !contradictions.isEmpty()
                && contradictions.stream().anyMatch(one -> one.range().contains(token));
    }

    /** With what contradicts in it. */
    Routes with(Set<SetBack> found) {
        return new Routes(owners, members, silences, found);
    }

    /** What each member that ever answered last said, by the members' names. */
    Map<String, List<OwnedRange>> byName() {
        Map<String, List<OwnedRange>> byName = new LinkedHashMap<>();
        members.forEach((shard, owned) -> byName.put(shard.name(), owned));
        return byName;
    }

    /**
     * Checks that nothing contradicts in what the shards say.
     *
     * @throws CorruptionException naming the shards that were set back in time
     */
    public void requireNoContradiction() {
        if (!contradictions.isEmpty()) {
            throw new CorruptionException("Nothing was done. " + String.join(" ", SetBack.sentences(contradictions)));
        }
    }

    /** As {@link #requireNoContradiction()}, of a token. */
    void requireNoContradiction(long token) {
        if (isContradicted(token)) {
            requireNoContradiction();
        }
    }

    /**
     * Takes over what the shards asked said; of one that did not answer, what it said before still stands.
     *
     * @param answers empty for a database that is not initialised
     * @param newSilences why the others of those asked did not answer
     */
    public Routes updated(Map<Shard, Optional<List<OwnedRange>>> answers, Map<Shard, String> newSilences) {
        Map<Shard, List<OwnedRange>> said = new LinkedHashMap<>(members);
        answers.forEach(
                (shard, ranges) -> ranges.ifPresentOrElse(owned -> said.put(shard, owned), () -> said.remove(shard)));
        Map<Shard, String> silentNow = new HashMap<>(silences);
        silentNow.keySet().removeAll(answers.keySet());
        silentNow.putAll(newSilences);
        return new Routes(merge(said), Map.copyOf(said), Map.copyOf(silentNow), contradictions);
    }

    /** As if the shard had never answered. */
    public Routes without(Shard leaver) {
        Map<Shard, List<OwnedRange>> said = new LinkedHashMap<>(members);
        said.remove(leaver);
        Map<Shard, String> stillSilent = new HashMap<>(silences);
        stillSilent.remove(leaver);
        return new Routes(merge(said), Map.copyOf(said), Map.copyOf(stillSilent), contradictions);
    }

    public static TokenMap<Shard> merge(Map<Shard, List<OwnedRange>> said) {
        List<Claim<Shard>> claims = new ArrayList<>();
        said.forEach((shard, ranges) ->
                ranges.forEach(owned -> claims.add(new Claim<>(owned.range(), owned.epoch(), shard))));
        return Claim.newest(claims);
    }

    /** The shards that did not answer when they were last asked. */
    public Set<Shard> silent() {
        return silences.keySet();
    }

    /**
     * Checks that all shards answered when they were last asked.
     *
     * @param who needs them
     * @param advice what is now true, and what to do besides repeating it, in whole sentences
     * @throws ShardUnavailableException naming those that did not, and why
     */
    public void requireAllAnswered(String who, String advice) {
        if (!silences.isEmpty()) {
            throw silent(
                    "%s needs %s.".formatted(who, enumerated()),
                    "%s Repeat it once %s.".formatted(advice, answering()));
        }
    }

    /** As {@link #requireAllAnswered(String, String)}, for a read. */
    public void requireAllAnswered() {
        requireAllAnswered(
                "A read over all shards", "Nothing was returned; a program can also ask for a partial answer.");
    }

    /** That a call cannot do without the silent ones, and why each of them is. */
    public ShardUnavailableException silent(String what, String advice) {
        String reasons = silences.entrySet().stream()
                .sorted(Comparator.comparing(entry -> entry.getKey().name()))
                .map(Map.Entry::getValue)
                .collect(Collectors.joining(" "));
        return ShardUnavailableException.unreachable(names(), what + " " + reasons, advice, null);
    }

    /** Such as "eu-2 answers" or "eu-1 and eu-2 answer". */
    public String answering() {
        return enumerated() + (silences.size() == 1 ? " answers" : " answer");
    }

    private String enumerated() {
        return names().replaceFirst(", ([^,]+)$", " and $1");
    }

    private String names() {
        return silences.keySet().stream().map(Shard::name).sorted().collect(Collectors.joining(", "));
    }

    /** The share of the ring, 0 to 1, that each shard owns. */
    public Map<String, Double> shares() {
        Map<String, Double> shares = new LinkedHashMap<>();
        owners.shares().forEach((shard, share) -> shares.put(shard.name(), share));
        return shares;
    }
}
