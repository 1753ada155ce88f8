package dev.ringshard.rebalance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.failure.RingshardException;
import dev.ringshard.internal.shard.Shards;
import dev.ringshard.testing.LosingNetwork;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** A mover may lose a connection at any of its statements. */
abstract class LostConnectionsContract extends GrowingCluster {

    /** An odd number, so that moves of both ways lose at even and odd ones; with 1 instead, it takes minutes. */
    private static final int EVERY = 3;

    private final LosingNetwork network = new LosingNetwork();

    LostConnectionsContract(DatabaseKind kind) throws SQLException {
        super(kind, kind);
    }

    /** All rows move from one shard to the other, and back, until a move is over before it loses any. */
    @Test
    void at_whichever_statement_that_is_the_rebalance_goes_on_or_is_to_be_tried_again() {
        RingshardConfig first = lossy(cluster.config(), 1, 0);
        RingshardConfig second = lossy(cluster.config(), 0, 1);
        try (network;
                Shards shards = Shards.open(first.shards())) {
            moveAll(rebalancer(first, shards, step -> {}));
            int number = 1;
            int resumed = 0;
            do {
                number += EVERY;
                RingshardConfig target = number % 2 == 0 ? first : second;
                int losesAt = number;
                network.loseAt(Integer.MAX_VALUE);
                AtomicBoolean hasBegun = new AtomicBoolean();
                try {
                    moveAll(rebalancer(target, shards, step -> {
                        if (!hasBegun.getAndSet(true)) {
                            network.loseAt(losesAt);
                        }
                    }));
                    resumed++;
                } catch (RingshardException lost) {
                    assertThat(lost.remedy())
                            .as("at statement %d: %s", number, lost)
                            .isIn(LosingNetwork.TRY_AGAIN);
                    network.loseAt(0);
                    moveAll(rebalancer(target, shards, step -> {}));
                } catch (RuntimeException unexplained) {
                    throw new AssertionError("at statement " + number, unexplained);
                }
            } while (network.hasLost());
            assertThat(resumed).as("of " + number).isGreaterThan(number / EVERY / 2);
        }
    }

    private static void moveAll(Rebalancer rebalancer) {
        assertThat(rebalancer.run(rebalancer.plan(), progress -> {}).complete()).isTrue();
    }

    private RingshardConfig lossy(RingshardConfig config, double... weights) {
        RingshardConfig lossy = config;
        for (int i = 0; i < weights.length; i++) {
            lossy = lossy.withShard(network.of(config.shards().get(i)).withWeight(weights[i]));
        }
        return lossy;
    }
}
