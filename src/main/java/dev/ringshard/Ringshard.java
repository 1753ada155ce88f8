package dev.ringshard;

import dev.ringshard.bank.CustomerRepository;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.event.Events;
import dev.ringshard.failure.ConfigurationException;
import dev.ringshard.failure.CorruptionException;
import dev.ringshard.failure.ForeignShardException;
import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.failure.NoOwnerException;
import dev.ringshard.failure.RingshardException;
import dev.ringshard.failure.ShardUnavailableException;
import dev.ringshard.failure.SqlFailedException;
import dev.ringshard.internal.backup.BackupPoints;
import dev.ringshard.internal.cluster.ClusterReading;
import dev.ringshard.internal.cluster.UnusedPins;
import dev.ringshard.internal.outbox.OutboxSweeper;
import dev.ringshard.internal.routes.RouteTable;
import dev.ringshard.internal.routes.RoutedCalls;
import dev.ringshard.internal.schema.ShardSchema;
import dev.ringshard.internal.shard.Parallel;
import dev.ringshard.internal.shard.Retry;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.Shards;
import dev.ringshard.jdbc.RingshardDataSource;
import dev.ringshard.outbox.Outbox;
import dev.ringshard.rebalance.RebalanceProgress;
import dev.ringshard.rebalance.RebalanceReport;
import dev.ringshard.rebalance.Rebalancer;
import dev.ringshard.reference.ReferenceTable;
import dev.ringshard.routing.Router;
import dev.ringshard.scatter.ScatterGather;
import dev.ringshard.status.BackupPoint;
import dev.ringshard.status.ClusterCheck;
import dev.ringshard.status.ClusterStatus;
import dev.ringshard.status.InitListener;
import dev.ringshard.status.InitOutcome;
import dev.ringshard.status.LeaveOutcome;
import dev.ringshard.status.RecoveryOutcome;
import dev.ringshard.status.RecoveryProgress;
import dev.ringshard.status.ShardConnections;
import dev.ringshard.verify.Audits;
import dev.ringshard.verify.UniqueColumn;
import dev.ringshard.verify.Verification;
import dev.ringshard.verify.Verifier;
import dev.ringshard.verify.VerifyProgress;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An open cluster: many plain databases that together hold the rows of all keys. Open one for each application and keep it;
 * it is thread-safe.
 */
public final class Ringshard implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Ringshard.class);

    private final ClusterMembers members;
    private final Shards shards;
    private final ExecutorService executor;
    private final Router router;
    private final RingshardDataSource dataSource;
    private final ScatterGather scatter;
    private final Outbox outbox;
    private final Optional<OutboxSweeper> sweeper;
    private final CustomerRepository customers;

    private Ringshard(RingshardConfig config, Shards shards, RouteTable routes, ExecutorService executor) {
        this.members = new ClusterMembers(config, shards, routes);
        this.shards = shards;
        this.executor = executor;
        RoutedCalls calls = new RoutedCalls(routes, config.routingTimeout(), shards.events());
        this.router = new Router(config.ring().hash(), routes, calls, shards.events());
        this.scatter = new ScatterGather(routes, Retry.within(config.routingTimeout()), executor, shards.events());
        this.dataSource = new RingshardDataSource(router, calls, shards, scatter);
        this.outbox = new Outbox(router, scatter, shards.events());
        this.customers = new CustomerRepository(router, scatter, outbox, config.bank());
        this.sweeper = config.hasOutbox() ? Optional.of(OutboxSweeper.start(outbox)) : Optional.empty();
    }

    /**
     * Opens a cluster. Shards that do not answer do not keep it from opening; calls for their keys answer with
     * {@link ShardUnavailableException} until they do.
     *
     * @throws ForeignShardException if a database is not the shard that the configuration means, or the cluster is not
     *     initialised
     * @throws ConfigurationException if a database's driver is not on the class path
     */
    public static Ringshard open(RingshardConfig config) {
        Shards shards = Shards.open(config.shards());
        ExecutorService executor = Parallel.threads();
        try {
            RouteTable routes = RouteTable.open(config.cluster(), config.ring().hash(), shards, executor);
            return new Ringshard(config, shards, routes, executor);
        } catch (RuntimeException failure) {
            executor.shutdownNow();
            shards.close();
            throw failure;
        }
    }

    /** As {@link #init(RingshardConfig, InitListener)}, without a listener. */
    public static InitOutcome init(RingshardConfig config) {
        return init(config, (step, shard) -> {});
    }

    /**
     * Founds a cluster: migrates every database, fences its sharded tables and hands out the first ownership of the ring.
     * An interrupted init is finished by repeating it. Repeating a finished one runs the migrations that are new, and
     * changes nothing else.
     *
     * @param listener told what is about to be done with which shard, and how far it is
     * @throws ForeignShardException if a database belongs to another cluster, is another shard, is configured twice, or
     *     was founded with other shards or another ring, or has sharded tables that cannot be moved; nothing was handed out
     *     to it
     * @throws SqlFailedException if a migration failed; nothing was handed out
     * @throws ShardUnavailableException if a shard does not answer
     * @throws ConfigurationException if Flyway or a database's driver is not on the class path
     */
    public static InitOutcome init(RingshardConfig config, InitListener listener) {
        ShardSchema.requireArtifacts(
                config.shards().stream().map(ShardConfig::kind).toList());
        try (Shards shards = Shards.open(config.shards())) {
            return new ClusterDefinition(config).init(shards, listener).run();
        }
    }

    /**
     * Makes a reference table one that is written to directly again: takes away what refuses that, on every shard. Its rows stay as they
     * are on each. Repeating it changes nothing.
     *
     * @param progress told for whom it waits
     * @return the shards on which it was a reference table
     * @throws InvalidInputException if the configuration names it as a reference table; nothing was changed
     * @throws ShardUnavailableException if a shard does not answer; on those before it, it is done
     */
    public static List<String> release(RingshardConfig config, String table, Consumer<String> progress) {
        if (config.tables().reference().contains(table)) {
            throw new InvalidInputException(
                    "%s is in tables.reference: take it out there first, in every configuration. Nothing was changed."
                            .formatted(table));
        }
        try (Shards shards = Shards.open(config.shards())) {
            return shards.all().stream()
                    .filter(shard -> shard.dialect().defining(() -> ShardSchema.release(shard, table, progress)))
                    .map(Shard::name)
                    .toList();
        }
    }

    /**
     * What {@link #leave} would drop; changes nothing.
     *
     * @throws InvalidInputException if several shards are configured, or one that is not on PostgreSQL
     * @throws ForeignShardException if the shard cannot leave
     */
    public static LeaveOutcome planLeave(RingshardConfig config) {
        try (Shards shards = Shards.open(config.shards())) {
            return new ClusterDefinition(config).leave(shards).plan();
        }
    }

    /**
     * Takes all that is Ringshard's out of the database of a cluster's single shard, which must own the whole ring, while an
     * application works on it: triggers, indexes, and the schema {@code ringshard}. Its tables and rows stay. Applications
     * that reach it through Ringshard have to connect to it directly before. A call that was interrupted is finished by repeating it.
     *
     * @param progress told what is done, and for whom it waits
     * @return what was dropped
     * @throws InvalidInputException if several shards are configured, or one that is not on PostgreSQL; nothing was changed
     * @throws ForeignShardException if the shard does not own the whole ring, or something is left over from moves, or
     *     something of the application's uses what would be dropped; nothing was dropped
     * @throws ShardUnavailableException if the shard does not answer
     */
    public static LeaveOutcome leave(RingshardConfig config, Consumer<String> progress) {
        try (Shards shards = Shards.open(config.shards())) {
            return new ClusterDefinition(config).leave(shards).run(progress);
        }
    }

    /**
     * Asks each database of a configuration which shard of which cluster it is, and says what does not fit; changes nothing. Unlike {@link #open}
     * it goes on after the first problem.
     */
    public static ClusterCheck check(RingshardConfig config) {
        try (Shards shards = Shards.open(config.shards())) {
            return new ConfigurationCheck(config, shards).run();
        }
    }

    /** The first problem that a member has with the sharded tables. */
    private Optional<String> tableProblem(ClusterReading reading) {
        return Parallel.forEach(
                        executor,
                        reading.members().keySet(),
                        shard -> ShardSchema.problem(
                                shard,
                                config().shardedTables(),
                                config().tables().reference()))
                .values()
                .stream()
                .flatMap(problem -> problem.get().stream())
                .findFirst();
    }

    /**
     * Customers and their money.
     *
     * @throws InvalidInputException if the cluster is configured without the built-in bank
     */
    public CustomerRepository customers() {
        if (!config().bank().isOn()) {
            throw new InvalidInputException(
                    "Cluster %s is configured without the built-in bank, and so has no customers. Nothing was done. Reach tables of your own through router(); for the bank, whose keys are texts, set bank: true, or bank: { schema: … } beside a table customers of yours, and run init."
                            .formatted(config().cluster()));
        }
        return customers;
    }

    /**
     * Messages from one key to another.
     *
     * @throws InvalidInputException if the cluster is configured without them
     */
    public Outbox outbox() {
        if (!config().hasOutbox()) {
            throw new InvalidInputException(
                    "Cluster %s is configured without an outbox. Nothing was done. Set outbox: true, and run init."
                            .formatted(config().cluster()));
        }
        return outbox;
    }

    /**
     * A small table that every shard has whole, to be changed.
     *
     * @param name as in the configuration
     * @throws InvalidInputException if it is not configured as one
     */
    public ReferenceTable reference(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (!config().tables().reference().contains(lower)) {
            throw new InvalidInputException(
                    "%s is not among the reference tables of cluster %s: %s. Nothing was done. Name it in tables.reference, and run init."
                            .formatted(
                                    name,
                                    config().cluster(),
                                    config().tables().reference().isEmpty()
                                            ? "there are none"
                                            : String.join(
                                                    ", ", config().tables().reference())));
        }
        return new ReferenceTable(
                lower,
                new ClusterDefinition(config()).copies(shards.all()),
                scatter,
                config().shardedTables(),
                Retry.within(config().routingTimeout()),
                router::refresh);
    }

    /** Any SQL of the caller's on the shard that owns a key. */
    public Router router() {
        return router;
    }

    /**
     * Connections for code that works with {@link java.sql.Connection}: each works on the shard that owns its key, see
     * {@link dev.ringshard.jdbc.ShardKey}.
     */
    public RingshardDataSource dataSource() {
        return dataSource;
    }

    /** What happens in this process, for listeners: calls, repetitions, handovers. */
    public Events events() {
        return shards.events();
    }

    /** The pools and circuit breakers of the shards that are configured now. Asks none of them. */
    public List<ShardConnections> connections() {
        return shards.all().stream().map(Shard::connections).toList();
    }

    /** Reads over all shards, exact while rows move. */
    public ScatterGather scatter() {
        return scatter;
    }

    /** Plans, and moves rows to the shards that should have them by the configuration. */
    public Rebalancer rebalancer() {
        return members.rebalancer();
    }

    /**
     * Adds a shard, and moves its share of the rows to it; or, if it is one of this cluster's already, moves what its
     * weight asks for. Repeating it goes on where an earlier call stopped.
     *
     * @return what was moved
     * @throws ConfigurationException if the shard does not go with the others; nothing was changed
     * @throws RingshardException what stopped it. If that was before anything was to move, as where its database does not answer, a new
     *     shard is not configured; otherwise it stays configured, and what has moved stays where it is
     */
    public RebalanceReport addShard(ShardConfig shard) {
        return addShard(shard, progress -> {});
    }

    /** As {@link #addShard(ShardConfig)}, telling how far it is. */
    public RebalanceReport addShard(ShardConfig shard, Consumer<RebalanceProgress> listener) {
        return members.add(shard, listener);
    }

    /**
     * Takes users, passwords, {@code pool.size} and {@code pool.connection-timeout} of its shards from another configuration, so that they
     * can change while everybody works: who has a connection keeps it until the work is done, and every other logs in anew. All else of
     * that configuration is left aside, and so are shards whose connections come from a data source of the caller's.
     *
     * @throws InvalidInputException if it is of another cluster, or a shard of this one is missing there or has another url; nothing was
     *     changed
     * @throws ShardUnavailableException if a database refuses its new user and password, or does not answer; nothing was changed
     */
    public void reconnect(RingshardConfig changed) {
        members.reconnect(changed);
    }

    /**
     * Moves all rows away from a shard, and lets it go. Its database stays as it is, with nothing in it that is still
     * owned. Repeating it goes on where an earlier call stopped.
     *
     * @return what was moved
     * @throws InvalidInputException if there is no such shard, or no other shard has a weight above 0; nothing was
     *     changed
     * @throws RingshardException what stopped it; the shard stays, and what has moved stays where it is
     */
    public RebalanceReport removeShard(String name) {
        return removeShard(name, progress -> {});
    }

    /** As {@link #removeShard(String)}, telling how far it is. */
    public RebalanceReport removeShard(String name, Consumer<RebalanceProgress> listener) {
        return members.remove(name, listener);
    }

    /**
     * Lets a key live on this shard, whatever the ring says, and moves its rows there. It stays so for this object; that it stays so
     * for the cluster, say the same in its configuration ({@link RingshardConfig#withPins}).
     *
     * @return what was moved
     * @throws InvalidInputException if there is no such shard, or the key cannot be one of this cluster's; nothing was changed
     * @throws RingshardException what stopped it; what has moved stays where it is, and repeating it goes on
     */
    public RebalanceReport pin(Object key, String shard) {
        return members.pin(router.canonical(key), shard);
    }

    /**
     * Lets a key live where the ring says again, and moves its rows there.
     *
     * @return what was moved
     * @throws RingshardException as for {@link #pin}
     */
    public RebalanceReport unpin(Object key) {
        return members.unpin(router.canonical(key));
    }

    /**
     * Gives each configured database that takes no part yet and has no tables what a shard's database defines, and the history of its
     * migrations, by pg_dump and psql, which have to be on the PATH. No rows, and nothing of Ringshard's. Adding a shard does the rest.
     *
     * @param from the shard that has it all
     * @return the shards that were given it
     * @throws InvalidInputException if there is no such shard, or one of them is not given by a URL of PostgreSQL's
     * @throws SqlFailedException if pg_dump or psql is not there, or fails; the database in question has none of it
     */
    public List<String> copySchema(String from) {
        return members.copySchema(from);
    }

    /**
     * How each shard is now. Asks all of them; one that does not answer is part of the answer.
     *
     * @throws InvalidInputException if the cluster was closed
     */
    public ClusterStatus status() {
        if (executor.isShutdown()) {
            throw InvalidInputException.closed();
        }
        ClusterReading reading = ClusterReading.of(config(), shards.all(), config().countedTables());
        ClusterStatus status = reading.status(router.shares());
        if (status.problem().isPresent()) {
            return status;
        }
        ClusterStatus whole = status.withProblem(tableProblem(reading));
        boolean canTell = whole.problem().isEmpty() && whole.pendingShare().isPresent();
        return canTell ? whole.withRemarks(unusedPins(reading)) : whole;
    }

    private List<String> unusedPins(ClusterReading reading) {
        try {
            return UnusedPins.remarks(config(), reading.members().keySet());
        } catch (RingshardException untold) { // such as to a user who may not read the tables
            return List.of();
        }
    }

    /** As {@link #verify(int, VerifyProgress)}, with 20 examples of each kind, and without progress. */
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
     * @throws ForeignShardException if a sharded table cannot be read as it is configured
     */
    public Verification verify(int examples, VerifyProgress progress) {
        return verify(examples, List.of(), progress);
    }

    /**
     * As {@link #verify(int, VerifyProgress)}, and finds values that rows of several shards have of columns that are to be unique in
     * the cluster: a database holds a unique constraint without the key within its own shard only. Sorts these columns on each shard.
     *
     * @param unique columns of sharded tables
     * @throws InvalidInputException if there is no such column
     */
    public Verification verify(int examples, List<UniqueColumn> unique, VerifyProgress progress) {
        Audits audits = config().bank().isOn() ? customers.audits() : Audits.NONE;
        Verifier verifier = new Verifier(
                router, scatter, config().shardedTables(), config().tables().reference(), audits, System::nanoTime);
        try {
            return verifier.run(examples, unique, progress);
        } catch (SqlFailedException unreadable) {
            throw tableProblem(ClusterReading.of(config(), shards.all(), List.of()))
                    .<RuntimeException>map(problem -> ForeignShardException.ofTables(problem, unreadable))
                    .orElse(unreadable);
        }
    }

    /**
     * Tidies up after movers that died, on all shards that answer; safe at any time, and beside movers that live. What a
     * dead mover has left is hidden from calls, and takes room. Messages that are still to be delivered are delivered, also dead ones,
     * and shards get versions of reference tables that they lack. Changes nothing if a shard has lost what was written there, as
     * other shards have it on record: see {@link RecoveryOutcome#undecided}.
     */
    public RecoveryOutcome recover() {
        return recover(Set.of(), RecoveryProgress.NONE);
    }

    /**
     * As {@link #recover()}, where it was decided to take some shards as they are, although they have lost what was written there. One
     * that the others contradict is not taken.
     *
     * @param restored their names
     * @param progress told how far it is
     * @throws InvalidInputException if one of them is not configured; nothing was changed
     */
    public RecoveryOutcome recover(Set<String> restored, RecoveryProgress progress) {
        restored.forEach(shards::get);
        RecoveryOutcome tidied = rebalancer().recover(restored, progress);
        if (!tidied.undecided().isEmpty()) {
            return tidied;
        }
        RecoveryOutcome outcome = withReferenceTables(tidied);
        return config().hasOutbox() ? outcome.withDelivered(deliverAll()) : outcome;
    }

    private RecoveryOutcome withReferenceTables(RecoveryOutcome outcome) {
        try {
            new ClusterDefinition(config()).holders(shards.all()).distribute();
        } catch (RingshardException failure) {
            log.warn("Not every shard has all reference tables; run recover again", failure);
        }
        return outcome.withBehind(
                new ClusterDefinition(config()).copies(shards.all()).behind());
    }

    /**
     * Writes a restore point of one name on every shard, such that all of them, restored to it, are a sound cluster: for a moment,
     * nothing moves between shards, no message between keys is taken, and no reference table changes. Other writes
     * wait for nothing.
     *
     * @param name what {@code recovery_target_name} names: 1 to 63 letters, digits, {@code _}, {@code .} and {@code -}; used once
     * @throws InvalidInputException if the name cannot be one or was used before, or a shard is not on PostgreSQL; nothing was written
     * @throws SqlFailedException if the database user may not; or if the point was not written on all shards, and so is none
     * @throws CorruptionException if the shards contradict each other; nothing was written
     * @throws RingshardException what kept it from being written, such as a shard that does not answer; nothing was written
     */
    public BackupPoint backupPoint(String name) {
        return new BackupPoints(config(), shards).write(name);
    }

    /** Where owners are not known, or contradict each other, messages wait until they do not. */
    private int deliverAll() {
        try {
            return outbox.deliverAll();
        } catch (NoOwnerException | CorruptionException | ShardUnavailableException later) {
            return 0;
        }
    }

    /** As it is now: shards come and go, and keys are pinned. */
    private RingshardConfig config() {
        return members.config();
    }

    /** Closes the pools that are Ringshard's own. Work that is under way fails. */
    @Override
    public void close() {
        sweeper.ifPresent(OutboxSweeper::close);
        executor.shutdown();
        shards.close();
    }
}
