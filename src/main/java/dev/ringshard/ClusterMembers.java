package dev.ringshard;

import dev.ringshard.config.DatabaseSource;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.failure.StaleVersionException;
import dev.ringshard.internal.ownership.MembershipTable;
import dev.ringshard.internal.ownership.SchemaHistory;
import dev.ringshard.internal.routes.RouteTable;
import dev.ringshard.internal.schema.SchemaCopy;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.Shards;
import dev.ringshard.rebalance.RebalancePlan;
import dev.ringshard.rebalance.RebalanceProgress;
import dev.ringshard.rebalance.RebalanceReport;
import dev.ringshard.rebalance.Rebalancer;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * The shards of an open cluster, as they are added and removed, and the keys that are pinned to them: the configuration as it is now.
 * Changes come one after the other, and move the rows that they concern; thread-safe.
 */
final class ClusterMembers {
    private final Shards shards;
    private final RouteTable routes;
    private volatile RingshardConfig config;

    ClusterMembers(RingshardConfig config, Shards shards, RouteTable routes) {
        this.config = config;
        this.shards = shards;
        this.routes = routes;
    }

    RingshardConfig config() {
        return config;
    }

    Rebalancer rebalancer() {
        return new Rebalancer(config, shards, new JoiningShards(config));
    }

    /** As {@link Ringshard#addShard(ShardConfig)}. */
    synchronized RebalanceReport add(ShardConfig shard, Consumer<RebalanceProgress> listener) {
        boolean isNew = config.shard(shard.name()).isEmpty();
        RingshardConfig before = config;
        config = config.withShard(sameDatabase(shard));
        shards.add(shard);
        RebalancePlan plan;
        try {
            plan = rebalancer().plan();
        } catch (RuntimeException refused) {
            if (isNew) { // the next call may name another database, or leave it at that
                config = before;
                shards.remove(shard.name());
            }
            throw refused;
        }
        return rebalance(plan, listener);
    }

    /** One shard is one database for its whole life. */
    private ShardConfig sameDatabase(ShardConfig shard) {
        config.shard(shard.name())
                .filter(known -> !known.source().equals(shard.source()))
                .ifPresent(other -> {
                    throw new InvalidInputException("""
                            Shard %s is configured already, with another database. Nothing was changed. Give the new one \
                            a name of its own.""".formatted(shard.name()));
                });
        return shard;
    }

    /** As {@link Ringshard#reconnect}. */
    synchronized void reconnect(RingshardConfig changed) {
        List<ShardConfig> before = config.shards();
        List<ShardConfig> after = before.stream()
                .map(known -> changed.shard(known.name())
                        .filter(shard -> changed.cluster().equals(config.cluster()) && isSameDatabase(known, shard))
                        .map(shard -> new ShardConfig(known.name(), known.weight(), shard.source(), shard.pool()))
                        .orElseThrow(() -> new InvalidInputException("""
                                The configuration has no shard %s of cluster %s with the same database as before. Nothing was changed. \
                                Change only users, passwords and pools.""".formatted(known.name(), config.cluster()))))
                .toList();
        shards.change(before, after);
        after.forEach(shard -> config = config.withShard(shard));
    }

    private static boolean isSameDatabase(ShardConfig one, ShardConfig other) {
        return one.source() instanceof DatabaseSource.Jdbc before
                ? other.source() instanceof DatabaseSource.Jdbc after
                        && before.url().equals(after.url())
                : one.source().equals(other.source());
    }

    /** As {@link Ringshard#removeShard(String)}. */
    synchronized RebalanceReport remove(String name, Consumer<RebalanceProgress> listener) {
        ShardConfig leaver =
                config.shard(name).orElseThrow(() -> new InvalidInputException("""
                There is no shard %s here, but %s. Nothing was changed. If it was removed before, that is done; otherwise \
                correct its name.""".formatted(name, names())));
        if (config.shards().stream().allMatch(shard -> shard.equals(leaver) || shard.weight() == 0)) {
            throw new InvalidInputException("""
                    No shard but %s may own anything: its rows would have nowhere to go. Nothing was changed. Add a \
                    shard first, or give another one a weight above 0.""".formatted(name));
        }
        List<String> pinned = config.ring().pins().keysOf(name);
        if (!pinned.isEmpty()) {
            throw new InvalidInputException("""
                    Keys are pinned to shard %s: %s. Nothing was changed. Pin them to another shard, or unpin them, first.""".formatted(name, String.join(", ", pinned)));
        }
        config = config.withShard(leaver.withWeight(0));
        RebalanceReport report = rebalance(rebalancer().plan(), listener);
        config = config.withoutShard(name);
        shards.find(name).ifPresent(routes::forget);
        shards.remove(name);
        return report;
    }

    /** As {@link Ringshard#pin}, of a key as the cluster writes it. */
    synchronized RebalanceReport pin(String key, String shard) {
        requireConfigured(shard);
        config = config.withPins(config.ring().pins().with(key, shard));
        return rebalance(rebalancer().plan(), progress -> {});
    }

    /** As {@link Ringshard#unpin}, of a key as the cluster writes it. */
    synchronized RebalanceReport unpin(String key) {
        config = config.withPins(config.ring().pins().without(key));
        return rebalance(rebalancer().plan(), progress -> {});
    }

    /** As {@link Ringshard#copySchema}. */
    synchronized List<String> copySchema(String from) {
        ShardConfig source = requireConfigured(from);
        return config.shards().stream()
                .filter(shard -> !shard.equals(source) && !takesPart(shards.get(shard.name())))
                .filter(shard -> SchemaCopy.copy(
                        source,
                        shards.get(from),
                        shard,
                        shards.get(shard.name()),
                        config.tables().historyTable()))
                .map(ShardConfig::name)
                .toList();
    }

    private static boolean takesPart(Shard shard) {
        return shard.snapshot(reading -> SchemaHistory.isMigrated(reading.dsl())
                && MembershipTable.find(reading.dsl()).isPresent());
    }

    private ShardConfig requireConfigured(String shard) {
        return config.shard(shard)
                .orElseThrow(() -> new InvalidInputException(
                        "There is no shard %s here, but %s. Nothing was changed.".formatted(shard, names())));
    }

    private String names() {
        return config.shards().stream().map(ShardConfig::name).collect(Collectors.joining(", "));
    }

    /** Makes the shards own what the configuration says; a plan that another mover has overtaken is made anew. */
    private RebalanceReport rebalance(RebalancePlan first, Consumer<RebalanceProgress> listener) {
        RebalancePlan plan = first;
        for (int i = 1; ; i++) {
            try {
                return rebalancer().run(plan, listener);
            } catch (StaleVersionException overtaken) {
                if (i == Rebalancer.MOST_PLANS) {
                    throw overtaken;
                }
                plan = rebalancer().plan();
            }
        }
    }
}
