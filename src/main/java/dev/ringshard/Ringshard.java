package dev.ringshard;

import dev.ringshard.bank.CustomerRepository;
import dev.ringshard.config.DatabaseSource;
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
import dev.ringshard.failure.StaleVersionException;
import dev.ringshard.internal.backup.BackupPoints;
import dev.ringshard.internal.cluster.ClusterReading;
import dev.ringshard.internal.cluster.Newcomers;
import dev.ringshard.internal.cluster.RingTarget;
import dev.ringshard.internal.cluster.UnusedPins;
import dev.ringshard.internal.outbox.OutboxSweeper;
import dev.ringshard.internal.ownership.Founding;
import dev.ringshard.internal.ownership.MembershipTable;
import dev.ringshard.internal.ownership.SchemaHistory;
import dev.ringshard.internal.reference.ReferenceCopies;
import dev.ringshard.internal.reference.ReferenceHolders;
import dev.ringshard.internal.routes.RouteTable;
import dev.ringshard.internal.routes.RoutedCalls;
import dev.ringshard.internal.schema.ApplicationSchema;
import dev.ringshard.internal.schema.ClusterInit;
import dev.ringshard.internal.schema.ClusterLeave;
import dev.ringshard.internal.schema.SchemaCopy;
import dev.ringshard.internal.schema.ShardSchema;
import dev.ringshard.internal.shard.Parallel;
import dev.ringshard.internal.shard.Retry;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.Shards;
import dev.ringshard.jdbc.RingshardDataSource;
import dev.ringshard.outbox.Outbox;
import dev.ringshard.rebalance.RebalancePlan;
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
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An open cluster: many plain databases that together hold the rows of all keys. Open one for each application and keep it;
 * it is thread-safe.
 */
public final class Ringshard implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Ringshard.class);
    private static final int MOST_PLANS = 20;

    private volatile RingshardConfig config;
    private final Shards shards;
    private final ExecutorService executor;
    private final RouteTable routes;
    private final Router router;
    private final RingshardDataSource dataSource;
    private final ScatterGather scatter;
    private final Outbox outbox;
    private final Optional<OutboxSweeper> sweeper;
    private final CustomerRepository customers;

    private Ringshard(RingshardConfig config, Shards shards, RouteTable routes, ExecutorService executor) {
        this.config = config;
        this.shards = shards;
        this.executor = executor;
        this.routes = routes;
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

    /** As {@link #init(RingshardConfig, InitListener)}, telling nobody. */
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
            return clusterInit(config, shards, listener).run();
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
            return clusterLeave(config, shards).plan();
        }
    }

    /**
     * Takes all that is Ringshard's out of the database of a cluster's single shard, which must own the whole ring, while an
     * application works on it: triggers, indexes, and the schema {@code ringshard}. Its tables and rows stay. Whoever reaches it through
     * Ringshard has to reach it directly before. A call that was interrupted is finished by repeating it.
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
            return clusterLeave(config, shards).run(progress);
        }
    }

    private static ClusterLeave clusterLeave(RingshardConfig config, Shards shards) {
        return new ClusterLeave(config.cluster(), founding(config), schema(config), shards);
    }

    private static ClusterInit clusterInit(RingshardConfig config, Shards shards, InitListener listener) {
        ClusterInit.Plan plan = new ClusterInit.Plan(
                config.cluster(), founding(config), RingTarget.of(config).founding());
        return new ClusterInit(plan, schema(config), shards, listener);
    }

    /**
     * Asks each database of a configuration who it is, and says what does not fit; changes nothing. Unlike {@link #open}
     * it goes on after the first problem.
     */
    public static ClusterCheck check(RingshardConfig config) {
        try (Shards shards = Shards.open(config.shards())) {
            ClusterReading reading = ClusterReading.of(config, shards.all(), List.of());
            ClusterCheck check = reading.check();
            if (check.problem().isPresent()) {
                return check;
            }
            return refusal(config, shards, check)
                    .map(problem -> check.withProblem(ClusterCheck.Concern.TABLES, problem))
                    .or(() -> difference(config, reading)
                            .map(problem -> check.withProblem(ClusterCheck.Concern.DEFINITIONS, problem)))
                    .orElseGet(() -> new ClusterCheck(
                            check.cluster(),
                            check.shards(),
                            Optional.empty(),
                            Optional.empty(),
                            remarks(config, reading)));
        }
    }

    /** Why rows cannot move between members that fit by themselves. */
    private static Optional<String> difference(RingshardConfig config, ClusterReading reading) {
        List<Shard> members = List.copyOf(reading.members().keySet());
        try {
            new JoiningShards(config)
                    .requireAlike(
                            members.stream()
                                    .skip(1)
                                    .map(other -> new Newcomers.Route(members.get(0), other))
                                    .toList(),
                            config.shardedTables());
            return Optional.empty();
        } catch (ForeignShardException different) {
            return Optional.of(String.valueOf(different.getMessage()));
        }
    }

    /** Of databases whose tables are as they are configured. */
    private static List<String> remarks(RingshardConfig config, ClusterReading reading) {
        List<Shard> members = List.copyOf(reading.members().keySet());
        return members.isEmpty() ? List.of() : new JoiningShards(config).remarks(members, reading.newcomers());
    }

    /** What init would refuse of databases that answer and fit by themselves. */
    private static Optional<String> refusal(RingshardConfig config, Shards shards, ClusterCheck check) {
        if (check.has(ClusterCheck.State.WRONG) || check.has(ClusterCheck.State.DOWN)) {
            return Optional.empty();
        }
        if (check.has(ClusterCheck.State.UNFINISHED)) {
            try {
                clusterInit(config, shards, (step, shard) -> {}).inspect();
            } catch (ForeignShardException refused) {
                return Optional.of(String.valueOf(refused.getMessage()));
            }
        }
        List<String> problems = check.shards().stream()
                .flatMap(shard -> schemaProblem(config, shards.get(shard.name()), shard.state()).stream())
                .toList();
        return problems.isEmpty() ? Optional.empty() : Optional.of(String.join(System.lineSeparator(), problems));
    }

    /** The first problem that a member has with the sharded tables. */
    private Optional<String> tableProblem(ClusterReading reading) {
        return Parallel.forEach(
                        executor,
                        reading.members().keySet(),
                        shard -> ShardSchema.problem(
                                shard, config.shardedTables(), config.tables().reference()))
                .values()
                .stream()
                .flatMap(problem -> problem.get().stream())
                .findFirst();
    }

    private static Optional<String> schemaProblem(RingshardConfig config, Shard shard, ClusterCheck.State state) {
        return switch (state) {
            case MEMBER ->
                ShardSchema.problem(
                        shard, config.shardedTables(), config.tables().reference());
            case NEW, UNFINISHED, OUTDATED -> ShardSchema.foreseen(shard, schema(config));
            case WRONG, DOWN -> Optional.empty();
        };
    }

    /** The tables of the application, and of the bank if it is on. */
    static ApplicationSchema schema(RingshardConfig config) {
        return new ApplicationSchema(BankMigrations.of(config.bank()), config.tables(), config.outboxTables());
    }

    private static Founding founding(RingshardConfig config) {
        return new Founding(
                config.ring().hash(),
                config.ring().virtualNodes(),
                config.ring().strategy().name(),
                config.members());
    }

    /**
     * Customers and their money.
     *
     * @throws InvalidInputException if the cluster is configured without the built-in bank
     */
    public CustomerRepository customers() {
        if (!config.bank().isOn()) {
            throw new InvalidInputException(
                    "Cluster %s is configured without the built-in bank, and so has no customers. Nothing was done. Reach tables of your own through router(); for the bank, whose keys are texts, set bank: true, or bank: { schema: … } beside a table customers of yours, and run init."
                            .formatted(config.cluster()));
        }
        return customers;
    }

    /**
     * Messages from one key to another.
     *
     * @throws InvalidInputException if the cluster is configured without them
     */
    public Outbox outbox() {
        if (!config.hasOutbox()) {
            throw new InvalidInputException(
                    "Cluster %s is configured without an outbox. Nothing was done. Set outbox: true, and run init."
                            .formatted(config.cluster()));
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
        if (!config.tables().reference().contains(lower)) {
            throw new InvalidInputException(
                    "%s is not among the reference tables of cluster %s: %s. Nothing was done. Name it in tables.reference, and run init."
                            .formatted(
                                    name,
                                    config.cluster(),
                                    config.tables().reference().isEmpty()
                                            ? "there are none"
                                            : String.join(", ", config.tables().reference())));
        }
        return new ReferenceTable(
                lower,
                copies(config, shards.all()),
                scatter,
                config.shardedTables(),
                Retry.within(config.routingTimeout()),
                router::refresh);
    }

    /** The reference tables of a configuration, on shards of it. */
    static ReferenceCopies copies(RingshardConfig config, Collection<Shard> shards) {
        return new ReferenceCopies(config.cluster(), config.tables().reference(), shards);
    }

    /** Which of these shards hold them. */
    static ReferenceHolders holders(RingshardConfig config, Collection<Shard> shards) {
        return new ReferenceHolders(
                copies(config, shards),
                config.shards().stream()
                        .filter(shard -> shard.weight() == 0
                                && config.ring().pins().keysOf(shard.name()).isEmpty())
                        .map(ShardConfig::name)
                        .collect(Collectors.toSet()));
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

    /** What happens in this process, for whoever listens: calls, repetitions, handovers. */
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
        return new Rebalancer(config, shards, new JoiningShards(config));
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
    public synchronized RebalanceReport addShard(ShardConfig shard, Consumer<RebalanceProgress> listener) {
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

    /**
     * Takes users, passwords, {@code pool.size} and {@code pool.connection-timeout} of its shards from another configuration, so that they
     * can change while everybody works: who has a connection keeps it until the work is done, and every other logs in anew. All else of
     * that configuration is left aside, and so are shards whose connections come from a data source of the caller's.
     *
     * @throws InvalidInputException if it is of another cluster, or a shard of this one is missing there or has another url; nothing was
     *     changed
     * @throws ShardUnavailableException if a database refuses its new user and password, or does not answer; nothing was changed
     */
    public synchronized void reconnect(RingshardConfig changed) {
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
    public synchronized RebalanceReport removeShard(String name, Consumer<RebalanceProgress> listener) {
        ShardConfig leaver = config.shard(name)
                .orElseThrow(() -> new InvalidInputException("""
                There is no shard %s here, but %s. Nothing was changed. If it was removed before, that is done; otherwise \
                correct its name.""".formatted(name, names(config.shards()))));
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
        RebalanceReport report = rebalance(listener);
        config = config.withoutShard(name);
        shards.find(name).ifPresent(routes::forget);
        shards.remove(name);
        return report;
    }

    /**
     * Lets a key live on this shard, whatever the ring says, and moves its rows there. It stays so for this object; that it stays so
     * for the cluster, say the same in its configuration ({@link RingshardConfig#withPins}).
     *
     * @return what was moved
     * @throws InvalidInputException if there is no such shard, or the key cannot be one of this cluster's; nothing was changed
     * @throws RingshardException what stopped it; what has moved stays where it is, and repeating it goes on
     */
    public synchronized RebalanceReport pin(Object key, String shard) {
        if (config.shard(shard).isEmpty()) {
            throw new InvalidInputException(
                    "There is no shard %s here, but %s. Nothing was changed.".formatted(shard, names(config.shards())));
        }
        config = config.withPins(config.ring().pins().with(router().canonical(key), shard));
        return rebalance(progress -> {});
    }

    /**
     * Lets a key live where the ring says again, and moves its rows there.
     *
     * @return what was moved
     * @throws RingshardException as for {@link #pin}
     */
    public synchronized RebalanceReport unpin(Object key) {
        config = config.withPins(config.ring().pins().without(router().canonical(key)));
        return rebalance(progress -> {});
    }

    private static String names(List<ShardConfig> shards) {
        return shards.stream().map(ShardConfig::name).collect(Collectors.joining(", "));
    }

    /** Makes everybody own what the configuration says. */
    private RebalanceReport rebalance(Consumer<RebalanceProgress> listener) {
        return rebalance(rebalancer().plan(), listener);
    }

    /** As {@link #rebalance(Consumer)}, by a plan that was made for it. One that somebody else has overtaken is made anew. */
    private RebalanceReport rebalance(RebalancePlan first, Consumer<RebalanceProgress> listener) {
        RebalancePlan plan = first;
        for (int i = 1; ; i++) {
            try {
                return rebalancer().run(plan, listener);
            } catch (StaleVersionException overtaken) {
                if (i == MOST_PLANS) {
                    throw overtaken;
                }
                plan = rebalancer().plan();
            }
        }
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
    public synchronized List<String> copySchema(String from) {
        ShardConfig source = config.shard(from)
                .orElseThrow(() -> new InvalidInputException("There is no shard %s here, but %s. Nothing was changed."
                        .formatted(from, names(config.shards()))));
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

    /** How each shard is now. Asks all of them; one that does not answer is part of the answer. */
    public ClusterStatus status() {
        if (executor.isShutdown()) {
            throw InvalidInputException.closed();
        }
        ClusterReading reading = ClusterReading.of(config, shards.all(), config.countedTables());
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
            return UnusedPins.remarks(config, reading.members().keySet());
        } catch (RingshardException untold) { // such as to a user who may not read the tables
            return List.of();
        }
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
        Audits audits = config.bank().isOn() ? customers.audits() : Audits.NONE;
        Verifier verifier = new Verifier(
                router, scatter, config.shardedTables(), config.tables().reference(), audits, System::nanoTime);
        try {
            return verifier.run(examples, unique, progress);
        } catch (SqlFailedException unreadable) {
            throw tableProblem(ClusterReading.of(config, shards.all(), List.of()))
                    .<RuntimeException>map(problem -> ForeignShardException.ofTables(problem, unreadable))
                    .orElse(unreadable);
        }
    }

    /**
     * Tidies up after movers that died, on all shards that answer; safe at any time, and beside movers that live. What a
     * dead mover has left hurts nobody, it only takes room. Messages that nobody has delivered are delivered, also dead ones,
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
        return config.hasOutbox() ? outcome.withDelivered(deliverAll()) : outcome;
    }

    private RecoveryOutcome withReferenceTables(RecoveryOutcome outcome) {
        try {
            holders(config, shards.all()).distribute();
        } catch (RingshardException failure) {
            log.warn("Not every shard has all reference tables; run recover again", failure);
        }
        return outcome.withBehind(copies(config, shards.all()).behind());
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
        return new BackupPoints(config, shards).write(name);
    }

    /** Where owners are not known, or contradict each other, messages wait until they do not. */
    private int deliverAll() {
        try {
            return outbox.deliverAll();
        } catch (NoOwnerException | CorruptionException | ShardUnavailableException later) {
            return 0;
        }
    }

    /** Closes the pools that are Ringshard's own. Work that is under way fails. */
    @Override
    public void close() {
        sweeper.ifPresent(OutboxSweeper::close);
        executor.shutdown();
        shards.close();
    }
}
