package dev.ringshard.testing;

import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.PoolConfig;
import dev.ringshard.config.RingConfig;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import javax.sql.DataSource;

/** Fresh databases as the shards {@code eu-1}, {@code eu-2} and so on of a cluster {@code bank}. */
public final class TestCluster {
    private static final PoolConfig POOL = PoolConfig.DEFAULT.withSize(8).withConnectionTimeout(Duration.ofSeconds(5));

    private TestCluster() {}

    /** A fresh database of a kind. */
    public static TestDatabase database(DatabaseKind kind) {
        return switch (kind) {
            case POSTGRESQL -> PostgresServer.shared().createDatabase();
            case H2 -> H2Database.inMemory();
        };
    }

    /** A shard on a database. */
    public static ShardConfig shard(String name, TestDatabase database) {
        return ShardConfig.of(name, database.url(), database.user(), database.password())
                .withPool(POOL);
    }

    /** A shard on a data source. */
    public static ShardConfig shard(String name, DatabaseKind kind, DataSource source) {
        return switch (kind) {
            case POSTGRESQL -> ShardConfig.postgresql(name, source);
            case H2 -> ShardConfig.h2(name, source);
        };
    }

    /** The shards {@code eu-1}, {@code eu-2} and so on, on these databases. */
    public static List<ShardConfig> shards(List<TestDatabase> databases) {
        return IntStream.rangeClosed(1, databases.size())
                .mapToObj(i -> shard("eu-" + i, databases.get(i - 1)))
                .toList();
    }

    /** A configuration of a cluster {@code bank} with these shards; few virtual nodes, so that ranges are shared. */
    public static RingshardConfig config(List<ShardConfig> shards) {
        return RingshardConfig.builder("bank")
                .ring(RingConfig.DEFAULT.withVirtualNodes(8))
                .shards(shards)
                .routingTimeout(Duration.ofSeconds(5))
                .build();
    }

    /** The same, where the driver of the first shard is told something by its url, such as {@code autosave=always}. */
    public static RingshardConfig withSetting(RingshardConfig config, String setting) {
        ShardConfig shard = config.shards().get(0);
        TestDatabase database = TestDatabase.of(shard);
        String url = setting.isEmpty() ? database.url() : database.url() + "?" + setting;
        return config.withShard(shard(shard.name(), new TestDatabase(url, database.user(), database.password())));
    }

    /** The configuration of a cluster that was founded on fresh databases, and is empty. */
    public static RingshardConfig founded(DatabaseKind kind, int shards) {
        return founded(Collections.nCopies(shards, kind));
    }

    /** As {@link #founded(DatabaseKind, int)}, with one shard for each kind given. */
    public static RingshardConfig founded(List<DatabaseKind> kinds) {
        return founded(kinds, databases -> config(shards(databases)));
    }

    /** As {@link #founded(List)}, with a configuration of the caller's own. */
    public static RingshardConfig founded(
            List<DatabaseKind> kinds, Function<List<TestDatabase>, RingshardConfig> config) {
        return config.apply(foundedDatabases(kinds, config));
    }

    /**
     * Fresh databases on which a cluster was founded, which is empty.
     *
     * @param kinds one for each shard
     * @param config the configuration of a cluster on such databases; it is asked more than once
     */
    public static List<TestDatabase> foundedDatabases(
            List<DatabaseKind> kinds, Function<List<TestDatabase>, RingshardConfig> config) {
        return foundedDatabases(Collections.nCopies(kinds.size(), List.of()), kinds, config);
    }

    /**
     * As {@link #foundedDatabases(List, Function)}, where an application had tables before.
     *
     * @param tables for each shard the statements that make them
     */
    public static List<TestDatabase> foundedDatabases(
            List<List<String>> tables, List<DatabaseKind> kinds, Function<List<TestDatabase>, RingshardConfig> config) {
        return FoundedDatabases.copies(kinds, tables, config);
    }
}
