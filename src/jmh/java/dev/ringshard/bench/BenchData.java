package dev.ringshard.bench;

import dev.ringshard.Ringshard;
import dev.ringshard.failure.ShardUnavailableException;
import dev.ringshard.internal.shard.Shard;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;

/**
 * What a run stores: customers under keys of its own, and the two tables of the raw side on every shard that owns
 * anything. All of it can be found again by the name of the run.
 */
final class BenchData {
    private final Ringshard cluster;
    private final Collection<Shard> shards;
    private final StoredTables stored;
    private final RunKeys keys;

    BenchData(Ringshard cluster, StoredTables stored, Collection<Shard> shards, RunKeys keys) {
        this.cluster = cluster;
        this.shards = List.copyOf(shards);
        this.stored = stored;
        this.keys = keys;
    }

    /** Both sides, with the same customers there. */
    List<Contender> build(int count, BenchProgress progress) throws SQLException {
        RawTables tables = RawTables.of(keys, stored);
        List<Shard> owners = owners();
        for (Shard shard : owners) {
            shard.autocommit(connection -> {
                tables.create(connection);
                return true;
            });
        }
        String[] first = keys.first(count);
        RingshardContender ringshard = new RingshardContender(cluster.customers(), keys, first);
        RawContender raw = new RawContender(
                owners.stream().map(shard -> RawShard.on(shard, tables)).toList(), keys, first);
        ringshard.fill(progress);
        raw.fill();
        return List.of(ringshard, raw);
    }

    /**
     * Asked again: the first look does not wait for shards that are slow to answer, and both sides need them all.
     *
     * @throws ShardUnavailableException if one does not answer
     */
    List<Shard> owners() {
        cluster.router().refresh();
        cluster.router().requireAllAnswered("The benchmark", "Nothing was created.");
        return shards.stream()
                .filter(shard -> cluster.router().shares().containsKey(shard.name()))
                .toList();
    }

    /**
     * Removes all of it.
     *
     * @return how many customers
     */
    long clear(BenchProgress progress) {
        RawTables tables = RawTables.of(keys, stored);
        for (Shard shard : shards) {
            shard.autocommit(connection -> {
                tables.drop(connection);
                return true;
            });
        }
        return new BenchCustomers(cluster, stored, keys).deleteAll(progress);
    }
}
