package dev.ringshard.internal.ownership;

import dev.ringshard.failure.ForeignShardException;
import dev.ringshard.failure.NoOwnerException;
import dev.ringshard.failure.ShardUnavailableException;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.ring.KeyHash;
import dev.ringshard.ring.TokenMap;
import dev.ringshard.ring.TokenRange;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Who owns what, as all shards of a cluster say when they are asked one after the other.
 *
 * @param owners who owns what, and of what is being handed over at the moment, whom it goes to; complete
 * @param newcomers the shards whose databases take no part in a cluster yet
 */
public record ClusterReport(TokenMap<String> owners, List<Shard> newcomers) {

    public ClusterReport {
        newcomers = List.copyOf(newcomers);
    }

    /**
     * Asks all shards.
     *
     * @throws ForeignShardException if one is not the shard that the configuration means, or a shard that owns part of the
     *     ring is not configured
     * @throws ShardUnavailableException if one does not answer
     * @throws NoOwnerException if what they say does not fit together; repeat the call
     */
    public static ClusterReport of(String cluster, KeyHash hash, Collection<Shard> shards) {
        Map<Shard, List<Claim<String>>> answers = new LinkedHashMap<>();
        List<Shard> newcomers = new ArrayList<>();
        for (Shard shard : shards) {
            if (isMember(cluster, hash, shard)) {
                answers.put(shard, ask(shard));
            } else {
                newcomers.add(shard);
            }
        }
        if (answers.isEmpty()) {
            throw new ForeignShardException("""
                    Cluster %s is not initialised: none of its %d databases takes part in a cluster. Nothing was written. \
                    Run init.""".formatted(cluster, shards.size()));
        }
        return new ClusterReport(complete(shards, answers), newcomers);
    }

    private static boolean isMember(String cluster, KeyHash hash, Shard shard) {
        ShardReport report = ShardReport.of(shard);
        report.membership().ifPresent(membership -> {
            membership.verify(cluster, shard.name(), hash);
            membership.requireFounded();
            shard.snapshot(transaction -> {
                SchemaHistory.requireOurs(transaction.dsl(), shard.name());
                return true;
            });
        });
        return report.membership().isPresent();
    }

    /** What one member says, in one snapshot. */
    private static List<Claim<String>> ask(Shard shard) {
        return Objects.requireNonNull(shard.snapshot(transaction -> {
            List<Claim<String>> claims = new ArrayList<>();
            OwnedRangeTable.all(transaction.dsl())
                    .forEach(owned -> claims.add(new Claim<>(owned.range(), owned.epoch(), shard.name())));
            HandoverTable.all(transaction.dsl())
                    .forEach(away -> claims.add(new Claim<>(away.range(), away.epoch(), away.target())));
            DepartedRangeTable.all(transaction.dsl())
                    .forEach(away -> claims.add(new Claim<>(away.range(), away.epoch(), away.target())));
            return claims;
        }));
    }

    private static TokenMap<String> complete(Collection<Shard> shards, Map<Shard, List<Claim<String>>> answers) {
        TokenMap<String> owners =
                Claim.newest(answers.values().stream().flatMap(List::stream).toList());
        requireConfigured(owners, shards);
        if (!owners.isComplete()) {
            throw incomplete(owners, shards, answers);
        }
        return owners;
    }

    private static void requireConfigured(TokenMap<String> owners, Collection<Shard> shards) {
        Set<String> strangers = new TreeSet<>(owners.shares().keySet());
        strangers.removeAll(names(shards));
        if (!strangers.isEmpty()) {
            throw new ForeignShardException("""
                    Part of the ring was handed over to %s, which is not configured here. Nothing was changed. Put it into \
                    the configuration, with weight 0 if it is to go; it may be left out once it owns nothing.""".formatted(String.join(", ", strangers)));
        }
    }

    private static Set<String> names(Collection<Shard> shards) {
        return shards.stream().map(Shard::name).collect(Collectors.toSet());
    }

    private static RuntimeException incomplete(
            TokenMap<String> owners, Collection<Shard> shards, Map<Shard, List<Claim<String>>> answers) {
        double missing =
                owners.gaps().stream().mapToDouble(TokenRange::fraction).sum();
        Set<String> strangers = strangers(shards, answers.keySet());
        if (strangers.isEmpty()) {
            return new NoOwnerException("""
                    %.1f %% of the ring has no owner among the shards that are configured: rows are moving at the moment, or a \
                    shard is missing from the configuration. Nothing was changed. Repeat the command; if this persists, run \
                    verify.""".formatted(100 * missing));
        }
        return new ForeignShardException("""
                %.1f %% of the ring has no owner among the shards that are configured, and they know of %s, which is not \
                configured. Nothing was changed. Put it back into the configuration, with weight 0 if it is to go; it may be \
                left out once it owns nothing.""".formatted(100 * missing, String.join(", ", strangers)));
    }

    /** Founders, and shards that rows went to, that are not configured. */
    private static Set<String> strangers(Collection<Shard> shards, Set<Shard> members) {
        Set<String> known = new TreeSet<>();
        members.forEach(shard -> {
            known.addAll(
                    Objects.requireNonNull(shard.snapshot(transaction -> ShardReport.knownShards(transaction.dsl()))));
        });
        known.removeAll(names(shards));
        return known;
    }
}
