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
public record RowBalance(List<Held> shards, List<HeavyKey> heaviest, boolean isSampled) {
    /** Nothing was measured. */
    public static final RowBalance UNKNOWN = new RowBalance(List.of(), List.of(), false);

    /**
     * How it is now, for who only looks: tables of more than 100,000 rows on a shard are not counted, but some 30,000 of their rows read.
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
     * @param fair what it would hold if all held as much for their weight; 0 of weight 0
     * @param before what it holds now
     * @param after what it holds then
     */
    public record Held(String shard, double fair, long before, long after) {
        /** What it holds now, by what is fair; 1 where nothing is. */
        public double partBefore() {
            return fair < 1 ? 1 : before / fair;
        }

        /** What it holds then, by what is fair; 1 where nothing is. */
        public double partAfter() {
            return fair < 1 ? 1 : after / fair;
        }
    }

    /** Whether anything was measured, if only that there are no rows. */
    public boolean isKnown() {
        return !shards.isEmpty();
    }

    /** What the fullest shard holds now, by its fair share; 1 if there are no rows. */
    public double peakBefore() {
        return shards.stream().mapToDouble(Held::partBefore).max().orElse(1);
    }

    /** What the fullest shard holds then, by its fair share; 1 if there are no rows. */
    public double peakAfter() {
        return shards.stream().mapToDouble(Held::partAfter).max().orElse(1);
    }

    /** The keys that no strategy can spread: each alone is more than a fair share. */
    public List<HeavyKey> aboveShare() {
        return heaviest.stream().filter(key -> key.ofFairShare() > 1).toList();
    }
}
