package dev.ringshard.testing;

import dev.ringshard.Ringshard;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.PoolConfig;
import dev.ringshard.config.RingConfig;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

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

    /** A configuration with fresh databases, not initialised; few virtual nodes, so that ranges are shared. */
    public static RingshardConfig config(DatabaseKind kind, int shards) {
        List<ShardConfig> configs = new ArrayList<>();
        for (int i = 1; i <= shards; i++) {
            configs.add(shard("eu-" + i, database(kind)));
        }
        return config(configs);
    }

    /** A configuration of a cluster {@code bank} with these shards. */
    public static RingshardConfig config(List<ShardConfig> shards) {
        return RingshardConfig.builder("bank")
                .ring(RingConfig.DEFAULT.withVirtualNodes(8))
                .shards(shards)
                .routingTimeout(Duration.ofSeconds(5))
                .build();
    }

    /** An open cluster on fresh databases. */
    public static Ringshard open(DatabaseKind kind, int shards) {
        RingshardConfig config = config(kind, shards);
        Ringshard.init(config);
        return Ringshard.open(config);
    }
}
