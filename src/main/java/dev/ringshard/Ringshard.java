package dev.ringshard;

import dev.ringshard.config.RingshardConfig;
import dev.ringshard.customers.CustomerAudit;
import dev.ringshard.customers.CustomerRepository;
import dev.ringshard.failure.ForeignShardException;
import dev.ringshard.failure.ShardUnavailableException;
import dev.ringshard.ownership.Founding;
import dev.ringshard.rebalance.Recovery;
import dev.ringshard.rebalance.ShardedTable;
import dev.ringshard.ring.TokenMap;
import dev.ringshard.routing.Router;
import dev.ringshard.schema.ClusterInit;
import dev.ringshard.schema.InitStep;
import dev.ringshard.shard.Shards;
import dev.ringshard.verify.Verification;
import dev.ringshard.verify.Verifier;
import dev.ringshard.verify.VerifyProgress;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * An open cluster: many plain databases that together hold the customers. Open one for each application and keep it;
 * it is thread-safe.
 */
public final class Ringshard implements AutoCloseable {
    private final RingshardConfig config;
    private final Shards shards;
    private final Router router;
    private final CustomerRepository customers;

    private Ringshard(RingshardConfig config, Shards shards, Router router) {
        this.config = config;
        this.shards = shards;
        this.router = router;
        this.customers = new CustomerRepository(router);
    }

    /**
     * Opens a cluster. Shards that do not answer do not keep it from opening; their customers answer with
     * {@link ShardUnavailableException} until they do.
     *
     * @throws ForeignShardException if a database is not the shard that the configuration means, or the cluster is not
     *     initialised
     */
    public static Ringshard open(RingshardConfig config) {
        Shards shards = Shards.open(config.shards());
        try {
            Router router = Router.open(config.cluster(), config.ring().hash(), shards, config.routingTimeout());
            return new Ringshard(config, shards, router);
        } catch (RuntimeException failure) {
            shards.close();
            throw failure;
        }
    }

    /** As {@link #init(RingshardConfig, BiConsumer)}, telling nobody. */
    public static ClusterInit.Outcome init(RingshardConfig config) {
        return init(config, (step, shard) -> {});
    }

    /**
     * Founds a cluster: migrates every database and hands out the first ownership of the ring. An interrupted init is
     * finished by repeating it; repeating a finished one changes nothing.
     *
     * @param beforeStep told what is about to be done with which shard
     * @throws ForeignShardException if a database belongs to another cluster, is another shard, is configured twice, or
     *     was founded with other shards or another ring; nothing was handed out to it
     * @throws ShardUnavailableException if a shard does not answer
     */
    public static ClusterInit.Outcome init(RingshardConfig config, BiConsumer<InitStep, String> beforeStep) {
        try (Shards shards = Shards.open(config.shards())) {
            return new ClusterInit(config.cluster(), founding(config), target(config), shards, beforeStep).run();
        }
    }

    private static Founding founding(RingshardConfig config) {
        return new Founding(
                config.ring().hash(),
                config.ring().virtualNodes(),
                config.ring().strategy().name(),
                config.members());
    }

    /** Who should own what, from nothing but the configuration. */
    private static TokenMap<String> target(RingshardConfig config) {
        return config.ring()
                .strategy()
                .target(
                        TokenMap.of(List.of()),
                        config.ring().hash(),
                        config.ring().virtualNodes(),
                        config.members());
    }

    /** Customers and their money. */
    public CustomerRepository customers() {
        return customers;
    }

    /** Any SQL of the caller's on the shard that owns a key. */
    public Router router() {
        return router;
    }

    /** How each shard is now. Asks all of them; one that does not answer is part of the answer. */
    public ClusterStatus status() {
        router.refresh();
        return ClusterStatus.of(
                config.cluster(), shards, router, customers, target(config).shares());
    }

    /** As {@link #verify(int, VerifyProgress)}, with few examples, telling nobody how far it is. */
    public Verification verify() {
        return verify(20, VerifyProgress.NONE);
    }

    /**
     * Reads everything on every shard, and says what is wrong: see {@link Verifier}. Raises no false alarm while rows
     * move.
     *
     * @param examples how many to name of each kind of finding, at most
     * @param progress told now and then, by several threads
     * @throws ShardUnavailableException if a shard does not answer
     */
    public Verification verify(int examples, VerifyProgress progress) {
        return new Verifier(router, List.of(), System::nanoTime).run(examples, progress);
    }

    /**
     * Tidies up after movers that died, on all shards that answer; safe at any time, and beside movers that live. What a
     * dead mover has left hurts nobody, it only takes room.
     */
    public Recovery.Recovered recover() {
        return new Recovery(shards, tables()).run();
    }

    private static List<ShardedTable> tables() {
        return CustomerAudit.TABLES.stream().map(ShardedTable::new).toList();
    }

    /** Closes the pools that are Ringshard's own. Work that is under way fails. */
    @Override
    public void close() {
        router.close();
        shards.close();
    }
}
