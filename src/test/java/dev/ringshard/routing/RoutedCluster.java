package dev.ringshard.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.Ringshard;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.testing.HandMover;
import dev.ringshard.testing.Parcel;
import dev.ringshard.testing.Parcels;
import dev.ringshard.testing.TestDatabase;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

/** Three shards, a router that works on them, and a mover's steps by hand; what a test of the router begins with. */
abstract class RoutedCluster {
    final RingshardConfig config = Parcels.founded(kind(), 3);
    final List<TestDatabase> databases =
            config.shards().stream().map(TestDatabase::of).toList();
    final ExecutorService executor = Executors.newCachedThreadPool();
    final Ringshard ringshard = Ringshard.open(config);
    final Parcels parcels = new Parcels(ringshard);
    private int named;

    abstract DatabaseKind kind();

    final void close() {
        executor.shutdownNow();
        ringshard.close();
    }

    final ShardConfig shard(int index) {
        return config.shards().get(index);
    }

    final void create(String key) {
        parcels.create(Parcel.of(key, "100.00"));
    }

    final String parcelOn(String shard) {
        return parcelOn(shard, Long.MIN_VALUE);
    }

    /** A new parcel whose token is greater than that. */
    final String parcelOn(String shard, long beyond) {
        String key = IntStream.range(0, 100_000)
                .mapToObj(i -> "p-" + ++named)
                .filter(candidate -> ringshard.router().token(candidate) > beyond)
                .filter(candidate ->
                        ringshard.router().locate(candidate).shard().equals(shard))
                .findFirst()
                .orElseThrow();
        create(key);
        return key;
    }

    /** The first token of the stored range that holds the key; neighbouring ranges of a shard are one only to a router. */
    final long firstTokenOf(String key) throws Exception {
        long token = ringshard.router().token(key);
        TestDatabase database = databases.get(ownerOf(key));
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                var row = statement.executeQuery("SELECT first_token FROM ringshard.owned_range WHERE " + token
                        + " BETWEEN first_token AND last_token")) {
            assertThat(row.next()).isTrue();
            return row.getLong(1);
        }
    }

    private int ownerOf(String key) {
        return Integer.parseInt(ringshard.router().locate(key).shard().substring("eu-".length())) - 1;
    }

    final HandMover moverOf(String key) throws Exception {
        int source = ownerOf(key);
        int target = (source + 1) % databases.size();
        return new HandMover(
                databases.get(source),
                databases.get(target),
                "eu-" + (target + 1),
                config.shardedTables(),
                firstTokenOf(key));
    }

    final void moveRangeOf(String key) throws Exception {
        try (HandMover mover = moverOf(key)) {
            mover.move();
        }
    }
}
