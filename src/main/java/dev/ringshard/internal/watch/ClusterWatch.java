package dev.ringshard.internal.watch;

import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.config.ShardedTable;
import dev.ringshard.event.Events;
import dev.ringshard.event.MovedChunk;
import dev.ringshard.internal.cluster.RingTarget;
import dev.ringshard.internal.cluster.StatusAssembly;
import dev.ringshard.internal.ownership.OutboxReading;
import dev.ringshard.internal.ownership.SetBack;
import dev.ringshard.internal.ownership.ShardRanges;
import dev.ringshard.internal.ownership.ShardReading;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.Shards;
import dev.ringshard.rebalance.RowBalance;
import dev.ringshard.ring.TokenMap;
import dev.ringshard.status.ClusterStatus;
import dev.ringshard.status.ShardConnections;
import dev.ringshard.status.TableRows;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches a cluster without taking part in it. Opening contacts no shard; one that does not answer keeps no caller waiting
 * for longer than a moment, and is part of what is seen. Nothing is ever written.
 *
 * <p>Looks are for one thread at a time; the rest is thread-safe.
 */
public final class ClusterWatch implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ClusterWatch.class);
    private static final Duration BETWEEN_MEASURES = Duration.ofMinutes(10);
    private static final Duration PATIENCE = Duration.ofMillis(800);

    /** The first time, connections have to be made. */
    private static final Duration PATIENCE_AT_FIRST = Duration.ofSeconds(3);

    /** Pools are large for work; a watch asks little, and a pool has two connections at least. */
    private static final int CONNECTIONS = 2;

    private static final TokenMap<String> NOTHING = TokenMap.of(List.of());

    private final Shards shards;
    private final Clock clock;
    private final OutboxReading outbox;
    private final ExecutorService executor = Executors.newCachedThreadPool(ClusterWatch::daemon);
    private final Map<String, WatchedShard> watched = new LinkedHashMap<>();
    private final RebalanceTracker movement = new RebalanceTracker();
    private volatile RingshardConfig config;
    private Map<String, Double> targetShares;
    private TokenMap<String> target = NOTHING;
    private boolean targetIsOutdated = true;
    private List<TableRows> rows = List.of();
    private long movements;
    private Set<SetBack> suspected = Set.of();
    private Duration patience = PATIENCE_AT_FIRST;
    private volatile RowBalance balance = RowBalance.UNKNOWN;
    private volatile boolean isMeasuring;
    private Instant measureAt = Instant.MIN;
    private long measuredMovements;

    private ClusterWatch(
            RingshardConfig config, Map<String, Function<String, BigDecimal>> messageAmounts, Clock clock) {
        this.config = config;
        this.outbox = new OutboxReading(messageAmounts.keySet(), messageAmounts);
        this.clock = clock;
        this.shards = Shards.open(frugal(config));
        this.targetShares = RingTarget.of(config).shares(NOTHING);
        watchAll();
    }

    /** Begins to watch the cluster of a configuration. */
    public static ClusterWatch open(RingshardConfig config) {
        return open(config, Map.of());
    }

    /**
     * As {@link #open(RingshardConfig)}, adding up what messages between keys carry.
     *
     * @param messageAmounts what a message carries, by its payload, for each topic for which that is added up
     */
    public static ClusterWatch open(RingshardConfig config, Map<String, Function<String, BigDecimal>> messageAmounts) {
        return new ClusterWatch(config, messageAmounts, Clock.systemUTC());
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "ringshard-watch");
        thread.setDaemon(true);
        return thread;
    }

    private static List<ShardConfig> frugal(RingshardConfig config) {
        return config.shards().stream().map(ClusterWatch::frugal).toList();
    }

    private static ShardConfig frugal(ShardConfig shard) {
        return shard.withPool(shard.pool().withSize(CONNECTIONS));
    }

    private void watchAll() {
        Instant now = clock.instant();
        for (ShardConfig shard : config.shards()) {
            watched.computeIfAbsent(
                    shard.name(), name -> new WatchedShard(shards.get(name), shards.events(), outbox, executor, now));
        }
    }

    /** What happens while it watches: its own looks, and the handovers of whatever process that it sees. */
    public Events events() {
        return shards.events();
    }

    /** The shards that are watched, with the state of the watch's own pools and circuit breakers. */
    public List<ShardConnections> connections() {
        return shards.all().stream().map(Shard::connections).toList();
    }

    /** The sharded tables whose rows are counted, by their names. Waits for no look. */
    public List<String> tables() {
        return config.countedTables().stream().map(ShardedTable::name).toList();
    }

    /** Watches by another configuration of the same cluster from now on; what has been seen stays known. */
    public synchronized void follow(RingshardConfig changed) {
        for (ShardConfig before : config.shards()) {
            boolean stays = changed.shard(before.name())
                    .filter(after -> after.source().equals(before.source())
                            && after.pool().equals(before.pool()))
                    .isPresent();
            if (!stays) {
                watched.remove(before.name());
                shards.remove(before.name());
            }
        }
        frugal(changed).forEach(shards::add);
        config = changed;
        targetShares = RingTarget.of(config).shares(NOTHING);
        targetIsOutdated = true;
        watchAll();
    }

    /** Looks at all shards at once, and says what is to be seen. */
    public synchronized ObservedCluster look() throws InterruptedException {
        Collection<WatchedShard> all = inOrder();
        all.forEach(shard -> shard.ask(config, movements));
        long deadline = System.nanoTime() + patience.toNanos();
        patience = PATIENCE;
        for (WatchedShard shard : all) {
            shard.take(deadline - System.nanoTime(), clock.instant());
        }
        return observed(all);
    }

    private List<WatchedShard> inOrder() {
        return config.shards().stream()
                .map(shard -> Objects.requireNonNull(watched.get(shard.name())))
                .toList();
    }

    private ObservedCluster observed(Collection<WatchedShard> all) {
        Instant now = clock.instant();
        TokenMap<String> owners = owners(all);
        Set<RangeInTransit> transit = transit(all);
        List<MovedChunk> handovers =
                all.stream().flatMap(shard -> shard.news().stream()).toList();
        handovers.forEach(events()::handedOver);
        all.forEach(shard -> shard.pending().ifPresent(topics -> events().pending(shard.name(), topics)));
        if (movement.isMovement(handovers, transit)) {
            movements++;
        }
        addUp(all);
        if (targetIsOutdated || !(movement.isActive() || movement.isMovement(handovers, transit))) {
            aim(owners);
        }
        ObservedRing ring = ObservedRing.of(owners, target, transit);
        movement.saw(now, handovers, transit, pending(ring));
        measure(all, owners, now);
        return new ObservedCluster(
                status(all, ring),
                now,
                all.stream().collect(Collectors.toMap(WatchedShard::name, WatchedShard::since)),
                rows,
                ring,
                balance,
                handovers,
                movement.run(),
                movement.samples());
    }

    /** Beside the looks, which it does not hold up. */
    private void measure(Collection<WatchedShard> all, TokenMap<String> owners, Instant now) {
        List<Shard> members = all.stream()
                .filter(WatchedShard::isUp)
                .map(shard -> shards.get(shard.name()))
                .toList();
        Set<String> up = members.stream().map(Shard::name).collect(Collectors.toSet());
        boolean isDue = !now.isBefore(measureAt) || measuredMovements != movements;
        if (isDue
                && !isMeasuring
                && !movement.isActive()
                && owners.isComplete()
                && up.containsAll(owners.shares().keySet())) {
            isMeasuring = true;
            measureAt = now.plus(BETWEEN_MEASURES);
            measuredMovements = movements;
            RingshardConfig measured = config;
            executor.execute(() -> {
                try {
                    balance = RowBalance.now(measured, members, owners);
                } catch (RuntimeException unknown) { // such as of a user who may not read the tables
                    log.debug("How rows lie is not known", unknown);
                } finally {
                    isMeasuring = false;
                }
            });
        }
    }

    private Map<String, Double> targetShares(ObservedRing ring) {
        if (!config.ring().strategy().dependsOnRows()) {
            return targetShares;
        }
        return (ring.target().entries().isEmpty() ? ring.owners() : ring.target()).shares();
    }

    /** Only who moves rows knows how much is to move, where that depends on the rows. */
    private double pending(ObservedRing ring) {
        return config.ring().strategy().dependsOnRows()
                ? Double.NaN
                : ring.pendingShare().orElse(Double.NaN);
    }

    private ClusterStatus status(Collection<WatchedShard> all, ObservedRing ring) {
        StatusAssembly statuses =
                new StatusAssembly(config, ring.owners(), ring.owners().shares(), targetShares(ring));
        Optional<String> contradiction = contradiction(all);
        return statuses.of(
                all.stream().map(shard -> shard.status(statuses)).toList(),
                ring.pendingShare(),
                contradiction,
                contradiction.isPresent(),
                members(all));
    }

    /** What those last said that are up. */
    private static Map<String, ShardReading> members(Collection<WatchedShard> all) {
        Map<String, ShardReading> members = new LinkedHashMap<>();
        all.stream().filter(WatchedShard::isUp).forEach(shard -> shard.last()
                .ifPresent(said -> members.put(shard.name(), said)));
        return members;
    }

    /** What contradicts now and did so at the look before: in between, a handover may look alike. */
    private Optional<String> contradiction(Collection<WatchedShard> all) {
        Map<String, ShardRanges> said = new LinkedHashMap<>();
        all.forEach(shard -> shard.justSaid().ifPresent(reading -> said.put(shard.name(), reading.ranges())));
        Set<SetBack> found = SetBack.among(said);
        Set<SetBack> persistent = SetBack.foundTwice(suspected, found);
        suspected = found;
        return persistent.isEmpty() ? Optional.empty() : Optional.of(String.join(" ", SetBack.sentences(persistent)));
    }

    /** Counts of two moments fit together only if nothing has moved in between; until they do, the last sum stands. */
    private void addUp(Collection<WatchedShard> all) {
        if (all.stream().allMatch(shard -> shard.isCountedSince(movements))) {
            rows = TableRows.sums(all.stream().flatMap(shard -> shard.rows().stream()));
        }
    }

    /** What all say, the newer word counting; a shard that is down is taken at its last word. */
    private static TokenMap<String> owners(Collection<WatchedShard> all) {
        Map<String, ShardRanges> ranges = new LinkedHashMap<>();
        all.forEach(shard -> shard.last().ifPresent(said -> ranges.put(shard.name(), said.ranges())));
        return ShardRanges.owners(ranges);
    }

    private static Set<RangeInTransit> transit(Collection<WatchedShard> all) {
        Set<RangeInTransit> transit = new LinkedHashSet<>();
        for (WatchedShard shard : all) {
            shard.last().ifPresent(said -> {
                said.ranges()
                        .incoming()
                        .forEach(staged ->
                                transit.add(new RangeInTransit(staged.range(), staged.source(), shard.name(), false)));
                said.ranges()
                        .committed()
                        .forEach(away ->
                                transit.add(new RangeInTransit(away.range(), shard.name(), away.target(), true)));
            });
        }
        return transit;
    }

    /**
     * Not while rows move: the target stays what it was when they began to. Computed anew from a ring that has half moved,
     * it would settle for less.
     */
    private void aim(TokenMap<String> owners) {
        if (owners.isComplete() || owners.entries().isEmpty()) {
            target = RingTarget.of(config).from(owners);
            targetIsOutdated = owners.entries().isEmpty();
        }
    }

    /** Stops; what is under way ends by itself. */
    @Override
    public synchronized void close() {
        executor.shutdown();
        shards.close();
    }
}
