package dev.ringshard.rebalance;

import dev.ringshard.Joining;
import dev.ringshard.Ringshard;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.internal.handover.HandoverStep;
import dev.ringshard.internal.ownership.OwnedRange;
import dev.ringshard.internal.ownership.OwnedRangeTable;
import dev.ringshard.internal.ring.RangeMove;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.Shards;
import dev.ringshard.testing.OpenCluster;
import dev.ringshard.testing.Parcel;
import dev.ringshard.testing.Parcels;
import dev.ringshard.testing.TestCluster;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A cluster of two shards with parcels, and a third one that may join; sound in the end, whatever a test does. */
abstract class GrowingCluster {
    static final int PARCELS = 90;
    static final RebalanceSettings SMALL =
            RebalanceSettings.DEFAULT.withChunkRows(20).withParallel(4);

    final OpenCluster cluster;
    final ShardConfig third;
    final Parcels parcels;
    private final List<Shards> opened = new ArrayList<>();
    private final Map<List<ShardConfig>, Shards> ofOneProcess = new HashMap<>();

    GrowingCluster(DatabaseKind founders, DatabaseKind joining) throws SQLException {
        cluster = OpenCluster.ofParcels(Collections.nCopies(2, founders));
        third = TestCluster.shard("eu-3", TestCluster.database(joining));
        cluster.watch(third);
        parcels = new Parcels(cluster.ringshard());
    }

    @BeforeEach
    void create() {
        parcels.createAll(IntStream.range(0, PARCELS)
                .mapToObj(i -> Parcel.of(key(i), "100.01").labelled("Łódź"))
                .toList());
    }

    @AfterEach
    void everythingIsSoundInTheEnd() throws SQLException {
        Rebalancer last = rebalancer(bigger());
        last.run(last.plan(), progress -> {});
        cluster.assertSound();
        opened.forEach(Shards::close);
        cluster.close();
    }

    static List<RangeMove> moves(RebalancePlan plan) {
        return plan.moves().stream()
                .flatMap(move ->
                        move.pieces().stream().map(piece -> new RangeMove(piece.range(), move.source(), move.target())))
                .toList();
    }

    RingshardConfig bigger() {
        return cluster.config().withShard(third);
    }

    RingshardConfig drained(String shard) {
        return bigger().withShard(bigger().shard(shard).orElseThrow().withWeight(0));
    }

    void join() {
        Rebalancer rebalancer = rebalancer(bigger());
        rebalancer.run(rebalancer.plan(), progress -> {});
    }

    Rebalancer rebalancer(RingshardConfig config) {
        return rebalancer(config, step -> {});
    }

    /** One after the other, they are movers of one process: sessions cost more than all else that they do. */
    Rebalancer rebalancer(RingshardConfig config, Consumer<HandoverStep> beforeStep) {
        return rebalancer(config, ofOneProcess.computeIfAbsent(config.shards(), absent -> open(config)), beforeStep);
    }

    /** Closed after the test. */
    Shards open(RingshardConfig config) {
        Shards shards = Shards.open(config.shards());
        synchronized (opened) {
            opened.add(shards);
        }
        return shards;
    }

    static Rebalancer rebalancer(RingshardConfig config, Shards shards, Consumer<HandoverStep> beforeStep) {
        return new Rebalancer(config, shards, Joining.of(config), System::nanoTime, beforeStep);
    }

    Map<String, List<OwnedRange>> owned(RingshardConfig config) {
        try (Shards shards = Shards.open(config.shards())) {
            return shards.all().stream()
                    .collect(Collectors.toMap(
                            Shard::name, shard -> shard.snapshot(looking -> OwnedRangeTable.all(looking.dsl()))));
        }
    }

    List<String> keysOn(String shard) {
        try (Ringshard ringshard = Ringshard.open(bigger())) {
            return IntStream.range(0, PARCELS)
                    .mapToObj(GrowingCluster::key)
                    .filter(key -> ringshard.router().locate(key).shard().equals(shard))
                    .toList();
        }
    }

    static String key(int number) {
        return "p-" + number;
    }
}
