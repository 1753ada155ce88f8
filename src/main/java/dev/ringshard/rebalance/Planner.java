package dev.ringshard.rebalance;

import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.internal.cluster.ClusterReading;
import dev.ringshard.internal.cluster.Newcomers;
import dev.ringshard.internal.cluster.RingTarget;
import dev.ringshard.internal.cluster.UnusedPins;
import dev.ringshard.internal.ownership.HandoverHistoryTable;
import dev.ringshard.internal.ownership.Membership;
import dev.ringshard.internal.ownership.MembershipTable;
import dev.ringshard.internal.ring.RangeMove;
import dev.ringshard.internal.ring.RingDifference;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.Shards;
import dev.ringshard.rebalance.RebalancePlan.Share;
import dev.ringshard.rebalance.RebalancePlan.Speed;
import dev.ringshard.ring.KeyType;
import dev.ringshard.ring.TokenMap;
import dev.ringshard.ring.TokenRange;
import dev.ringshard.ring.TokenRows;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Makes plans: what would have to move so that everybody owns what the configuration says. Changes nothing. */
final class Planner {
    private final RingshardConfig config;
    private final Shards shards;

    Planner(RingshardConfig config, Shards shards) {
        this.config = config;
        this.shards = shards;
    }

    /**
     * Makes a plan.
     *
     * @param requireMovable asked of the members, before their rows are counted
     * @param tables tells what is good to know of them
     */
    RebalancePlan plan(Consumer<List<Shard>> requireMovable, Newcomers tables) {
        ClusterReading reading = reading();
        List<Shard> members = shards.all().stream()
                .filter(shard -> !reading.newcomers().contains(shard))
                .toList();
        requireMovable.accept(members);
        TokenMap<String> owners = reading.owners();
        requireCanonicalPins(reading);
        MeasuredRows measured = MeasuredRows.of(config, members, owners);
        TokenRows rows = measured.tokenRows();
        TokenMap<String> target = RingTarget.of(config).from(owners, rows);
        RowBalance balance = measured.balance(rows, target);
        List<String> remarks = new ArrayList<>(tables.remarks(members, reading.newcomers()));
        remarks.addAll(UnusedPins.remarks(config, members));
        List<ShardMove> moves = moves(RingDifference.between(owners, target));
        return new RebalancePlan(
                config.cluster(),
                config.ring().strategy().name(),
                owners,
                target,
                moves,
                shares(reading, target),
                speed(moves, members),
                RingTarget.of(config).pins(owners),
                remarks,
                balance);
    }

    /** As the cluster writes its keys, or they would be pinned to no purpose. */
    private void requireCanonicalPins(ClusterReading reading) {
        Set<String> pinned = config.ring().pins().shards().keySet();
        if (pinned.isEmpty()) {
            return;
        }
        KeyType type = shards.all().stream()
                .filter(shard -> !reading.newcomers().contains(shard))
                .findFirst()
                .flatMap(shard -> shard.snapshot(looking -> MembershipTable.find(looking.dsl())))
                .map(Membership::keyType)
                .orElse(KeyType.TEXT);
        for (String key : pinned) {
            if (!type.canonical(key).equals(key)) {
                throw new InvalidInputException("""
                        The key '%s' is pinned, and the cluster writes it as '%s'. Nothing was moved. Correct it in the \
                        configuration.""".formatted(key, type.canonical(key)));
            }
        }
    }

    /** Who owns what now, and who is new. */
    ClusterReading reading() {
        return ClusterReading.ofWholeRing(config, shards.all());
    }

    private List<ShardMove> moves(List<RangeMove> ranges) {
        Map<String, Map<String, List<TokenRange>>> bySourceAndTarget = new LinkedHashMap<>();
        ranges.forEach(range -> bySourceAndTarget
                .computeIfAbsent(range.source(), source -> new LinkedHashMap<>())
                .computeIfAbsent(range.target(), target -> new ArrayList<>())
                .add(range.range()));
        Sizes sizes = new Sizes(config.shardedTables());
        List<ShardMove> moves = new ArrayList<>();
        bySourceAndTarget.forEach((source, byTarget) ->
                byTarget.forEach((target, pieces) -> moves.add(sizes.measured(shards.get(source), target, pieces))));
        return moves;
    }

    private List<Share> shares(ClusterReading reading, TokenMap<String> target) {
        Map<String, Double> before = reading.owners().shares();
        Map<String, Double> after = target.shares();
        Set<String> newcomers = reading.newcomers().stream().map(Shard::name).collect(Collectors.toSet());
        List<Share> shares = new ArrayList<>();
        for (ShardConfig shard : config.shards()) {
            shares.add(new Share(
                    shard.name(),
                    shard.weight(),
                    newcomers.contains(shard.name()),
                    before.getOrDefault(shard.name(), 0.0),
                    after.getOrDefault(shard.name(), 0.0)));
        }
        return shares;
    }

    /** Of the slowest source that knows; if none does, of the slowest member that does. */
    private Speed speed(List<ShardMove> moves, List<Shard> members) {
        OptionalDouble ofSources =
                slowest(moves.stream().map(ShardMove::source).distinct().map(shards::get));
        OptionalDouble slowest = ofSources.isPresent() ? ofSources : slowest(members.stream());
        return slowest.isPresent() ? new Speed(slowest.getAsDouble(), true) : Speed.GUESS;
    }

    private static OptionalDouble slowest(Stream<Shard> known) {
        return known.map(shard -> shard.snapshot(transaction -> HandoverHistoryTable.rowsPerSecond(transaction.dsl())))
                .flatMapToDouble(OptionalDouble::stream)
                .min();
    }
}
