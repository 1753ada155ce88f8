package dev.ringshard.rebalance;

import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.config.ShardedTable;
import dev.ringshard.internal.shard.Parallel;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.rebalance.RowBalance.ShardLoad;
import dev.ringshard.rebalance.ShardRows.Effort;
import dev.ringshard.ring.TokenMap;
import dev.ringshard.ring.TokenRows;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.stream.Collectors;

/** How many rows stand where in a cluster, measured on all shards at once. */
record MeasuredRows(RingshardConfig config, TokenMap<String> owners, List<ShardRows> shards) {
    private static final int HEAVIEST = 10;

    /** @param members that take part */
    static MeasuredRows of(RingshardConfig config, List<Shard> members, TokenMap<String> owners) {
        return of(config, members, owners, Effort.USUAL);
    }

    static MeasuredRows of(RingshardConfig config, List<Shard> members, TokenMap<String> owners, Effort effort) {
        ExecutorService threads = Parallel.threads();
        try {
            List<ShardRows> shards = Parallel.forEach(
                            threads, members, shard -> ShardRows.of(shard, config.countedTables(), owners, effort))
                    .values()
                    .stream()
                    .map(Parallel.Outcome::get)
                    .toList();
            return new MeasuredRows(config, owners, shards);
        } finally {
            threads.shutdown();
        }
    }

    /** As a strategy takes it. */
    TokenRows tokenRows() {
        Set<Long> pinned = config.ring().pins().shards().keySet().stream()
                .map(key -> config.ring().hash().token(key))
                .collect(Collectors.toSet());
        TokenMap.Builder<Long> cells = TokenMap.builder();
        shards.forEach(shard -> shard.addCells(owners, pinned, cells));
        return TokenRows.of(cells.build());
    }

    /** What a target would make of it. */
    RowBalance balance(TokenRows rows, TokenMap<String> target) {
        Map<String, Long> before = rows.by(owners);
        Map<String, Long> after = rows.by(target);
        double weights =
                config.shards().stream().mapToDouble(ShardConfig::weight).sum();
        double shared = config.shards().stream()
                .filter(shard -> shard.weight() > 0)
                .mapToLong(shard -> after.getOrDefault(shard.name(), 0L))
                .sum();
        List<ShardLoad> held = config.shards().stream()
                .map(shard -> new ShardLoad(
                        shard.name(),
                        shared * shard.weight() / weights,
                        before.getOrDefault(shard.name(), 0L),
                        after.getOrDefault(shard.name(), 0L)))
                .toList();
        long taking =
                config.shards().stream().filter(shard -> shard.weight() > 0).count();
        return new RowBalance(held, heaviest(shared / taking), shards.stream().anyMatch(ShardRows::isSampled));
    }

    /** The token at this index of what was measured of a shard. */
    private record MeasuredKey(ShardRows shard, int at) {
        double rows() {
            return shard.rows()[at];
        }
    }

    private List<HeavyKey> heaviest(double fairShare) {
        List<ShardedTable> tables = config.countedTables();
        List<MeasuredKey> keys = new ArrayList<>();
        shards.forEach(shard -> shard.heaviest(HEAVIEST).forEach(at -> keys.add(new MeasuredKey(shard, at))));
        return keys.stream()
                .sorted(Comparator.comparingDouble(MeasuredKey::rows).reversed())
                .limit(HEAVIEST)
                .map(key -> new HeavyKey(
                        key.shard().key(key.shard().tokens()[key.at()], tables),
                        key.shard().tokens()[key.at()],
                        key.shard().shard().name(),
                        Math.round(key.rows()),
                        fairShare < 1 ? 0 : key.rows() / fairShare))
                .toList();
    }
}
