package dev.ringshard;

import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardedTable;
import dev.ringshard.internal.cluster.Newcomers;
import dev.ringshard.internal.schema.ApplicationSchema;
import dev.ringshard.internal.schema.ShardJoin;
import dev.ringshard.internal.schema.ShardSchema;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.tables.Catalog;
import dev.ringshard.internal.tables.SchemaComparison;
import dev.ringshard.internal.tables.SchemaDifferences;
import dev.ringshard.internal.tables.ShardUnique;
import dev.ringshard.internal.tables.UnshardedParents;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes databases members by the rooms {@code schema} and {@code tables}. */
record JoiningShards(RingshardConfig config) implements Newcomers {
    private static final Logger log = LoggerFactory.getLogger(JoiningShards.class);

    @Override
    public void join(Shard newcomer, List<Shard> members) {
        List<Shard> all = new ArrayList<>(members);
        all.add(newcomer);
        ShardJoin.join(newcomer, members, config.ring().hash(), schema(), new ClusterDefinition(config).holders(all));
        SchemaDifferences.between(members.get(0), newcomer).forEach(difference -> log.warn("Joining: {}", difference));
    }

    @Override
    public void requireAlike(List<Route> routes, List<ShardedTable> tables) {
        SchemaComparison comparison =
                SchemaComparison.withinRules(tables, config.tables().reference(), schema().histories());
        for (Route route : routes) {
            comparison.requireAlike(route.source(), route.target());
        }
    }

    @Override
    public void requireParents(List<Route> routes, List<ShardedTable> tables) {
        routes.forEach(route -> UnshardedParents.requireThere(route.source(), route.target(), tables));
    }

    @Override
    public List<String> remarks(List<Shard> members, List<Shard> newcomers) {
        Shard first = members.get(0);
        List<Shard> others = new ArrayList<>(members.subList(1, members.size()));
        List<String> remarks = new ArrayList<>();
        for (Shard newcomer : config.tables().sharded().isEmpty() ? List.<Shard>of() : newcomers) {
            if (!ShardJoin.isWithoutAny(newcomer, config.tables())) {
                others.add(newcomer);
            } else if (config.tables().migrations().isEmpty()) { // otherwise it gets them before it is compared
                remarks.add(
                        "%s has none of the sharded tables, and tables.migrations names nothing that makes them: rebalance with --schema-from %s copies what that shard defines."
                                .formatted(newcomer.name(), first.name()));
            }
        }
        remarks.addAll(SchemaDifferences.among(first, others));
        if (members.size() + newcomers.size() > 1) {
            first.snapshot(reading -> ShardUnique.of(Catalog.of(reading), config.shardedTables()))
                    .forEach(unique -> remarks.add(unique.sentence()));
        }
        return remarks;
    }

    private ApplicationSchema schema() {
        return new ClusterDefinition(config).schema();
    }

    @Override
    public void requireMovable(Shard shard, List<ShardedTable> tables) {
        ShardSchema.requireMovable(shard, tables, config.tables().reference());
    }

    @Override
    public void distributeReferenceTables(Collection<Shard> shards) {
        new ClusterDefinition(config).holders(shards).distribute();
    }
}
