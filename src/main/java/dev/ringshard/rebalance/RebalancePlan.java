package dev.ringshard.rebalance;

import dev.ringshard.ring.TokenMap;
import dev.ringshard.status.PinnedKey;
import java.time.Duration;
import java.util.List;

/**
 * What a rebalance would do: a value. Making it changes nothing, and {@link Rebalancer#run} does exactly what it says or
 * refuses it.
 *
 * @param cluster the cluster's name
 * @param strategy the name of the strategy that chose the target
 * @param actual who owned what when the plan was made, in as few ranges as possible; complete
 * @param target who should own what; complete
 * @param moves what moves, by source and target; empty if everybody owns what they should
 * @param shares each shard's, in the order of the configuration
 * @param speed how fast rows are expected to move
 * @param pins the pinned keys, ascending
 * @param remarks what keeps nothing from moving, and is good to know before it does, in sentences
 * @param balance how evenly rows lie on the shards, and which keys have most
 */
public record RebalancePlan(
        String cluster,
        String strategy,
        TokenMap<String> actual,
        TokenMap<String> target,
        List<ShardMove> moves,
        List<Share> shares,
        Speed speed,
        List<PinnedKey> pins,
        List<String> remarks,
        RowBalance balance) {
    /** Without remarks, and of rows that were not measured. */
    public RebalancePlan(
            String cluster,
            String strategy,
            TokenMap<String> actual,
            TokenMap<String> target,
            List<ShardMove> moves,
            List<Share> shares,
            Speed speed,
            List<PinnedKey> pins) {
        this(cluster, strategy, actual, target, moves, shares, speed, pins, List.of(), RowBalance.UNKNOWN);
    }

    public RebalancePlan {
        moves = List.copyOf(moves);
        shares = List.copyOf(shares);
        pins = List.copyOf(pins);
        remarks = List.copyOf(remarks);
    }

    /**
     * One shard before and after.
     *
     * @param weight as configured; 0 drains it
     * @param joins whether its database has not been part of the cluster so far
     * @param before its share of the ring, 0 to 1
     * @param after its share of the ring, 0 to 1
     */
    public record Share(String shard, double weight, boolean joins, double before, double after) {}

    /**
     * What the expected time is computed from.
     *
     * @param rowsPerSecond of one source and target
     * @param measured whether the shards' history tells it, or nothing moved yet and it is a careful guess
     */
    public record Speed(double rowsPerSecond, boolean measured) {
        /**
         * What small first chunks reach on a busy machine, where each takes a fifth of a second for its hundred rows. A quiet
         * one moves up to fifty times as many: it is better to be early.
         */
        static final Speed GUESS = new Speed(500, false);
    }

    /** Whether no range has to move and no shard joins. */
    public boolean isEmpty() {
        return moves.isEmpty() && shares.stream().noneMatch(Share::joins);
    }

    /** The rows that move, in all sharded tables. */
    public long rows() {
        return moves.stream().mapToLong(ShardMove::rows).sum();
    }

    /** The bytes that move, estimated. */
    public long bytes() {
        return moves.stream().mapToLong(ShardMove::bytes).sum();
    }

    /** How many ranges move. */
    public int ranges() {
        return moves.stream().mapToInt(move -> move.pieces().size()).sum();
    }

    /** The part of the ring that moves, 0 to 1. */
    public double movedShare() {
        return moves.stream()
                .flatMap(move -> move.pieces().stream())
                .mapToDouble(piece -> piece.range().fraction())
                .sum();
    }

    /** How long it is expected to take with these settings; where the speed is a guess, it is likely to take less. */
    public Duration expectedTime(RebalanceSettings settings) {
        int lanes = Math.max(1, Math.min(settings.parallel(), moves.size()));
        long longest = moves.stream().mapToLong(ShardMove::rows).max().orElse(0);
        double rows = Math.max((double) longest, (double) rows() / lanes);
        double seconds = rows / speed.rowsPerSecond();
        double leastSeconds = settings.rowsPerSecond().isPresent()
                ? (double) rows() / settings.rowsPerSecond().getAsLong()
                : 0;
        return Duration.ofMillis(Math.round(1000 * Math.max(seconds, leastSeconds)));
    }
}
