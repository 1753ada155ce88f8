package dev.ringshard.rebalance;

import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.internal.cluster.ClusterReading;
import dev.ringshard.internal.cluster.RingTarget;
import dev.ringshard.internal.ownership.HandoverHistoryTable;
import dev.ringshard.internal.ownership.Membership;
import dev.ringshard.internal.ownership.MembershipTable;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.Shards;
import dev.ringshard.rebalance.RebalancePlan.Pin;
import dev.ringshard.rebalance.RebalancePlan.Share;
import dev.ringshard.rebalance.RebalancePlan.Speed;
import dev.ringshard.rebalance.Rebalancer.Newcomers;
import dev.ringshard.ring.KeyType;
import dev.ringshard.ring.RangeMove;
import dev.ringshard.ring.RingDifference;
import dev.ringshard.ring.TokenMap;
import dev.ringshard.ring.TokenRange;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

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
        List<Pin> pins = pins(reading, owners);
        TokenMap<String> target = RingTarget.of(config).from(owners);
        List<ShardMove> moves = moves(RingDifference.between(owners, target));
        return new RebalancePlan(
                config.cluster(),
                config.ring().strategy().name(),
                owners,
                target,
                moves,
                shares(reading, target),
                speed(moves),
                pins,
                tables.remarks(members, reading.newcomers()));
    }

    /** As the cluster writes its keys, or they would be pinned to no purpose. */
    private List<Pin> pins(ClusterReading reading, TokenMap<String> owners) {
        Map<String, String> pinned = config.ring().pins().shards();
        if (pinned.isEmpty()) {
            return List.of();
        }
        KeyType type = shards.all().stream()
                .filter(shard -> !reading.newcomers().contains(shard))
                .findFirst()
                .flatMap(shard -> shard.snapshot(looking -> MembershipTable.find(looking.dsl())))
                .map(Membership::keyType)
                .orElse(KeyType.TEXT);
        return pinned.entrySet().stream()
                .map(pin -> {
                    if (!type.canonical(pin.getKey()).equals(pin.getKey())) {
                        throw new InvalidInputException("""
                                The key '%s' is pinned, and the cluster writes it as '%s'. Nothing was moved. Correct it in the                                 configuration.""".formatted(pin.getKey(), type.canonical(pin.getKey())));
                    }
                    String owner = Objects.requireNonNull(
                            owners.get(config.ring().hash().token(pin.getKey())));
                    return new Pin(pin.getKey(), pin.getValue(), owner);
                })
                .sorted(Comparator.comparing(Pin::key))
                .toList();
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

    /** Of the slowest source that knows. */
    private Speed speed(List<ShardMove> moves) {
        OptionalDouble slowest = moves.stream()
                .map(ShardMove::source)
                .distinct()
                .map(source -> shards.get(source)
                        .snapshot(transaction -> HandoverHistoryTable.rowsPerSecond(transaction.dsl())))
                .flatMapToDouble(OptionalDouble::stream)
                .min();
        return slowest.isPresent() ? new Speed(slowest.getAsDouble(), true) : Speed.GUESS;
    }
}
