package dev.ringshard.rebalance;

import dev.ringshard.config.RingshardConfig;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.ring.TokenMap;
import java.util.List;

/**
 * How evenly rows lie on the shards, now and when a plan has been carried out.
 *
 * @param shards in the order of the configuration; empty if it was not measured
 * @param heaviest the keys of most rows, ten at most, the heaviest first
 * @param isSampled whether a part of it is from samples of large tables; otherwise all rows were counted
 */
public record RowBalance(List<ShardLoad> shards, List<HeavyKey> heaviest, boolean isSampled) {
    /** Nothing was measured. */
    public static final RowBalance UNKNOWN = new RowBalance(List.of(), List.of(), false);

    /**
     * Measures it at little cost: of a table with more than 100,000 rows on a shard it reads a sample of some 30,000 rows, and counts none.
     *
     * @param members all shards that own anything
     */
    public static RowBalance now(RingshardConfig config, List<Shard> members, TokenMap<String> owners) {
        MeasuredRows measured = MeasuredRows.of(config, members, owners, ShardRows.Effort.LITTLE);
        return measured.balance(measured.tokenRows(), owners);
    }

    public RowBalance {
        shards = List.copyOf(shards);
        heaviest = List.copyOf(heaviest);
    }

    /**
     * The rows of one shard.
     *
     * @param fair the fair share: all rows, divided in proportion to the weights; 0 for a shard of weight 0
     * @param before rows now
     * @param after rows once the plan has been carried out
     */
    public record ShardLoad(String shard, double fair, long before, long after) {
        /** Rows now, as a multiple of the fair share; 1 where that is less than one row. */
        public double ratioBefore() {
            return fair < 1 ? 1 : before / fair;
        }

        /** Rows after the plan, as a multiple of the fair share; 1 where that is less than one row. */
        public double ratioAfter() {
            return fair < 1 ? 1 : after / fair;
        }
    }

    /** Whether it was measured; also where there are no rows. */
    public boolean isKnown() {
        return !shards.isEmpty();
    }

    /** The largest {@link ShardLoad#ratioBefore} of all shards; 1 if there are no rows. */
    public double peakBefore() {
        return shards.stream().mapToDouble(ShardLoad::ratioBefore).max().orElse(1);
    }

    /** The largest {@link ShardLoad#ratioAfter} of all shards; 1 if there are no rows. */
    public double peakAfter() {
        return shards.stream().mapToDouble(ShardLoad::ratioAfter).max().orElse(1);
    }

    /** Keys with more rows than a fair share, in the order of {@link #heaviest}; a key is on one shard, so no strategy can spread them. */
    public List<HeavyKey> aboveShare() {
        return heaviest.stream().filter(key -> key.ofFairShare() > 1).toList();
    }
}
