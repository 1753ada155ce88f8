package dev.ringshard.bench;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.ringshard.config.BankConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import javax.sql.DataSource;
import org.apache.shardingsphere.driver.api.ShardingSphereDataSourceFactory;
import org.apache.shardingsphere.infra.algorithm.core.config.AlgorithmConfiguration;
import org.apache.shardingsphere.sharding.api.config.ShardingRuleConfiguration;
import org.apache.shardingsphere.sharding.api.config.rule.ShardingTableRuleConfiguration;
import org.apache.shardingsphere.sharding.api.config.strategy.sharding.StandardShardingStrategyConfiguration;
import org.apache.shardingsphere.sharding.api.sharding.standard.PreciseShardingValue;
import org.apache.shardingsphere.sharding.api.sharding.standard.RangeShardingValue;
import org.apache.shardingsphere.sharding.api.sharding.standard.StandardShardingAlgorithm;

/**
 * ShardingSphere-JDBC doing what the raw side does, in tables of its own, on pools of the same size: PostgreSQL only. It asks pools for
 * their URLs, which those of shards do not tell. It
 * refuses an INSERT that reads from an UPDATE, so a deposit and an insert are two statements in one transaction.
 */
final class Peer {
    private static final String NAME = "ShardingSphere-JDBC";
    private static final String DATABASE = "shard_";

    private Peer() {}

    /** The number of the shard by the same hash as the raw side's. Made by the library, by its name. */
    public static final class ByHash implements StandardShardingAlgorithm<String> {
        @Override
        public String doSharding(Collection<String> names, PreciseShardingValue<String> key) {
            return DATABASE + RawContender.place(key.getValue(), names.size());
        }

        @Override
        public Collection<String> doSharding(Collection<String> names, RangeShardingValue<String> keys) {
            return names;
        }
    }

    /** The side, with its tables created and filled. */
    static Contender on(List<Shard> shards, List<ShardConfig> configs, RunKeys keys, String[] first)
            throws SQLException {
        RawTables tables = RawTables.of(keys, StoredTables.of(BankConfig.ON), "peer_");
        for (Shard shard : shards) {
            try (Connection connection = shard.dataSource().getConnection()) {
                tables.create(connection);
            }
        }
        new RawContender(
                        shards.stream().map(shard -> RawShard.on(shard, tables)).toList(), keys, first)
                .fill();
        RawShard all = new RawInSteps(dataSource(configs, tables), tables, tables.addReturningOnPostgres());
        return new RawContender(NAME, List.of(all), keys, first);
    }

    private static DataSource dataSource(List<ShardConfig> shards, RawTables tables) throws SQLException {
        Map<String, DataSource> pools = new LinkedHashMap<>();
        for (int i = 0; i < shards.size(); i++) {
            pools.put(DATABASE + i, pool(shards.get(i)));
        }
        ShardingRuleConfiguration rule = new ShardingRuleConfiguration();
        for (String table : List.of(tables.customers(), tables.entries())) {
            ShardingTableRuleConfiguration sharded = new ShardingTableRuleConfiguration(
                    table, "%s${0..%d}.%s".formatted(DATABASE, shards.size() - 1, table));
            sharded.setDatabaseShardingStrategy(new StandardShardingStrategyConfiguration("customer_key", "hash"));
            rule.getTables().add(sharded);
        }
        Properties algorithm = new Properties();
        algorithm.setProperty("strategy", "STANDARD");
        algorithm.setProperty("algorithmClassName", ByHash.class.getName());
        rule.getShardingAlgorithms().put("hash", new AlgorithmConfiguration("CLASS_BASED", algorithm));
        return ShardingSphereDataSourceFactory.createDataSource(pools, List.of(rule), new Properties());
    }

    private static DataSource pool(ShardConfig shard) {
        TestDatabase database = TestDatabase.of(shard);
        HikariConfig pool = new HikariConfig();
        pool.setJdbcUrl(database.url());
        pool.setUsername(database.user());
        pool.setPassword(database.password());
        pool.setMaximumPoolSize(shard.pool().size());
        return new HikariDataSource(pool);
    }
}
