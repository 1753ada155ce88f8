package dev.ringshard;

import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.internal.cluster.RingTarget;
import dev.ringshard.internal.copies.ReferenceCopies;
import dev.ringshard.internal.copies.ReferenceHolders;
import dev.ringshard.internal.ownership.Founding;
import dev.ringshard.internal.schema.ApplicationSchema;
import dev.ringshard.internal.schema.ClusterInit;
import dev.ringshard.internal.schema.ClusterLeave;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.Shards;
import dev.ringshard.status.InitListener;
import java.util.Collection;
import java.util.stream.Collectors;

/** What a configuration says of a cluster's ring and tables, in the words of the rooms that found it, end it, and keep its tables. */
record ClusterDefinition(RingshardConfig config) {

    /** The founding of this cluster on these shards, which are all of its configuration. */
    ClusterInit init(Shards shards, InitListener listener) {
        ClusterInit.Plan plan = new ClusterInit.Plan(
                config.cluster(), founding(), RingTarget.of(config).founding());
        return new ClusterInit(plan, schema(), shards, listener);
    }

    /** The end of this cluster, whose rows stay on its single shard. */
    ClusterLeave leave(Shards shards) {
        return new ClusterLeave(config.cluster(), founding(), schema(), shards);
    }

    private Founding founding() {
        return new Founding(
                config.ring().hash(),
                config.ring().virtualNodes(),
                config.ring().strategy().name(),
                config.members());
    }

    /** The tables of the application, and of the bank if it is on. */
    ApplicationSchema schema() {
        return new ApplicationSchema(BankMigrations.of(config.bank()), config.tables(), config.outboxTables());
    }

    /** The reference tables on some of its shards. */
    ReferenceCopies copies(Collection<Shard> shards) {
        return new ReferenceCopies(config.cluster(), config.tables().reference(), shards);
    }

    /** Which of these shards hold the reference tables. */
    ReferenceHolders holders(Collection<Shard> shards) {
        return new ReferenceHolders(
                copies(shards),
                config.shards().stream()
                        .filter(shard -> shard.weight() == 0
                                && config.ring().pins().keysOf(shard.name()).isEmpty())
                        .map(ShardConfig::name)
                        .collect(Collectors.toSet()));
    }
}
