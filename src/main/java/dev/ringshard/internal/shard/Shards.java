package dev.ringshard.internal.shard;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.ringshard.config.DatabaseSource;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.event.Events;
import dev.ringshard.failure.ConfigurationException;
import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.failure.ShardUnavailableException;
import dev.ringshard.internal.artifacts.OptionalArtifact;
import dev.ringshard.status.PoolState;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The shards of a cluster by name, in the order of the configuration. Opening contacts none of them. Shards may join and
 * leave while it is in use. Thread-safe.
 */
public final class Shards implements AutoCloseable {
    private static final Duration PATIENCE_WITH_THE_LAST = Duration.ofSeconds(5);

    private final Events events = new Events();
    private final ScheduledExecutorService housekeeping;
    private volatile Map<String, Shard> byName;

    private Shards(Map<String, Shard> byName, ScheduledExecutorService housekeeping) {
        this.byName = byName;
        this.housekeeping = housekeeping;
    }

    /**
     * Makes a pool for each shard that brings no data source of its own. No database is contacted yet.
     *
     * @throws ConfigurationException if a driver is not on the class path
     */
    public static Shards open(List<ShardConfig> configs) {
        OptionalArtifact.require(
                configs.stream().map(ShardConfig::kind).map(Dialect::driverOf).toList());
        Map<String, Shard> shards = new LinkedHashMap<>();
        ScheduledExecutorService housekeeping = housekeeping();
        try {
            for (ShardConfig config : configs) {
                shards.put(config.name(), open(config, housekeeping));
            }
            return new Shards(shards, housekeeping);
        } catch (RuntimeException failure) {
            shards.values().forEach(Shard::close);
            housekeeping.shutdownNow();
            throw failure;
        }
    }

    /** For all pools: each would have a thread of its own, which sleeps nearly always. */
    private static ScheduledExecutorService housekeeping() {
        ScheduledThreadPoolExecutor threads = new ScheduledThreadPoolExecutor(2, task -> {
            Thread thread = new Thread(task, "ringshard-pools");
            thread.setDaemon(true);
            return thread;
        });
        threads.setRemoveOnCancelPolicy(true);
        return threads;
    }

    private static Shard open(ShardConfig config, ScheduledExecutorService housekeeping) {
        Dialect dialect = Dialect.of(config.kind());
        if (config.source() instanceof DatabaseSource.Jdbc jdbc) {
            return Shard.onPool(config.name(), dialect, pool(config, jdbc, dialect, housekeeping));
        }
        return Shard.onDataSource(config.name(), dialect, ((DatabaseSource.Existing) config.source()).dataSource());
    }

    private static HikariDataSource pool(
            ShardConfig config, DatabaseSource.Jdbc jdbc, Dialect dialect, ScheduledExecutorService housekeeping) {
        HikariConfig pool = new HikariConfig();
        pool.setScheduledExecutor(housekeeping);
        pool.setPoolName("ringshard-" + config.name());
        pool.setDataSource(new PoolLogins(
                config.name(),
                dialect.driver(),
                jdbc.url(),
                properties(config, jdbc, dialect),
                new PoolServer(dialect, opened -> dialect.beginSession(opened, config.pool(), jdbc.url()))));
        pool.setMaximumPoolSize(config.pool().size());
        pool.setConnectionTimeout(config.pool().connectionTimeout().toMillis());
        pool.setLeakDetectionThreshold(config.pool().leakDetection().toMillis());
        pool.setMinimumIdle(0); // of many shards, most are asked for nothing by a short command, or for hours
        pool.setTransactionIsolation("TRANSACTION_READ_COMMITTED"); // whatever the server's default
        pool.setInitializationFailTimeout(-1); // a shard that is down must not keep the others from opening
        return new HikariDataSource(pool);
    }

    private static Properties properties(ShardConfig config, DatabaseSource.Jdbc jdbc, Dialect dialect) {
        Properties properties = dialect.driverProperties(config.pool());
        if (!jdbc.user().isEmpty()) {
            properties.setProperty("user", jdbc.user());
        }
        if (!jdbc.password().isNone()) {
            properties.setProperty("password", jdbc.password().reveal());
        }
        return properties;
    }

    /** Adds a shard, and makes its pool; the database is not contacted yet. One that is there already stays as it is. */
    public synchronized void add(ShardConfig config) {
        if (!byName.containsKey(config.name())) {
            OptionalArtifact.require(List.of(Dialect.driverOf(config.kind())));
            Map<String, Shard> more = new LinkedHashMap<>(byName);
            more.put(config.name(), open(config, housekeeping));
            byName = more;
            events.joined(config.name());
        }
    }

    /**
     * Takes users, passwords, pool sizes and connection time-outs of pools of its own from other configurations of these shards.
     *
     * @param before as they are now
     * @throws ShardUnavailableException if a database refuses its new login; nothing was changed
     */
    public synchronized void change(Collection<ShardConfig> before, Collection<ShardConfig> after) {
        List<ShardConfig> pooled = after.stream()
                .filter(shard -> shard.source() instanceof DatabaseSource.Jdbc)
                .toList();
        List<ShardConfig> relogged = pooled.stream()
                .filter(shard ->
                        before.stream().noneMatch(known -> known.source().equals(shard.source())))
                .toList();
        relogged.forEach(shard -> get(shard.name()).source().tryOut(properties(shard)));
        relogged.forEach(shard -> get(shard.name()).source().change(properties(shard)));
        pooled.forEach(shard -> get(shard.name())
                .source()
                .resize(shard.pool().size(), shard.pool().connectionTimeout()));
    }

    private static Properties properties(ShardConfig shard) {
        return properties(shard, (DatabaseSource.Jdbc) shard.source(), Dialect.of(shard.kind()));
    }

    /** Lets a shard go that owns nothing any more, once the work is done that is under way there, and closes its pool. */
    public synchronized void remove(String name) {
        Map<String, Shard> fewer = new LinkedHashMap<>(byName);
        Shard leaver = fewer.remove(name);
        byName = fewer;
        if (leaver != null) {
            leaver.retire();
            awaitIdle(leaver);
            leaver.close();
            events.left(name);
        }
    }

    private static void awaitIdle(Shard leaver) {
        long deadline = System.nanoTime() + PATIENCE_WITH_THE_LAST.toNanos();
        try {
            while (leaver.pool().map(PoolState::active).orElse(0) > 0 && System.nanoTime() < deadline) {
                TimeUnit.MILLISECONDS.sleep(5);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** The shard of this name; empty if it is not configured. */
    public Optional<Shard> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /**
     * The shard of this name.
     *
     * @throws InvalidInputException if it is not configured
     */
    public Shard get(String name) {
        Shard shard = byName.get(name);
        if (shard == null) {
            throw new InvalidInputException("""
                    Shard %s is not configured here; the configuration has %s. Nothing was done. Add it to the \
                    configuration.""".formatted(name, String.join(", ", byName.keySet())));
        }
        return shard;
    }

    /** All shards, in the order of the configuration. */
    public Collection<Shard> all() {
        return Collections.unmodifiableCollection(byName.values());
    }

    /** Where all who work with these shards tell what happens. */
    public Events events() {
        return events;
    }

    @Override
    public void close() {
        byName.values().forEach(Shard::close);
        housekeeping.shutdownNow();
    }
}
