package dev.ringshard.status;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * How a cluster is at one moment.
 *
 * @param shards in the order of the configuration
 * @param pendingShare the part of the ring that a rebalance would move, 0 to 1; empty if that cannot be told, because a
 *     shard does not answer or parts of the ring have no owner
 * @param problem what is wrong with the configuration as a whole, such as a shard that owns part of the ring and is left
 *     out, or with a shard that was set back in time; empty if nothing is known to be
 * @param isSetBack whether the problem is a shard that was set back in time, and not the configuration
 * @param pins the pinned keys, ascending
 * @param watches what rebalances by itself, in whatever process, and what has done so and has stopped or fallen silent, until the next
 *     one begins; as far as shards that answer were told
 * @param behind shards that have not the newest version of a reference table, of those that answer
 * @param remarks what is not wrong, and worth a look, such as a pinned key that no row has, in sentences
 */
public record ClusterStatus(
        String cluster,
        List<ShardStatus> shards,
        OptionalDouble pendingShare,
        Optional<String> problem,
        boolean isSetBack,
        List<PinnedKey> pins,
        List<WatchStatus> watches,
        List<BehindCopy> behind,
        List<String> remarks) {

    public ClusterStatus {
        shards = List.copyOf(shards);
        pins = List.copyOf(pins);
        watches = List.copyOf(watches);
        behind = List.copyOf(behind);
        remarks = List.copyOf(remarks);
    }

    /** Without remarks. */
    public ClusterStatus(
            String cluster,
            List<ShardStatus> shards,
            OptionalDouble pendingShare,
            Optional<String> problem,
            boolean isSetBack,
            List<PinnedKey> pins,
            List<WatchStatus> watches,
            List<BehindCopy> behind) {
        this(cluster, shards, pendingShare, problem, isSetBack, pins, watches, behind, List.of());
    }

    /** The same with a problem of its configuration. */
    public ClusterStatus withProblem(Optional<String> other) {
        return new ClusterStatus(cluster, shards, pendingShare, other, false, pins, watches, behind, remarks);
    }

    /** The same with remarks. */
    public ClusterStatus withRemarks(List<String> others) {
        return new ClusterStatus(cluster, shards, pendingShare, problem, isSetBack, pins, watches, behind, others);
    }

    /** What a shard is to its cluster right now. */
    public enum State {
        /** It answers and takes part. */
        UP,
        /** It does not answer. */
        DOWN,
        /** Its database answers and has not been initialised. */
        NEW
    }

    /**
     * How one shard is.
     *
     * @param problem why it is down; empty if it is not
     * @param share what it owns of the ring, 0 to 1; of a shard that does not answer, what it last owned, 0 if that is not known
     * @param targetShare what it should own by the configuration, 0 to 1, independent of the owners now. The strategy {@code
     *     balanced} leaves a shard alone that owns between 0.90 and 1.05 of it
     * @param ranges how many token ranges it owns; empty if it does not answer
     * @param rows how many rows of each sharded table it owns, in the order of the configuration; without tables that are
     *     not there, and empty if it does not answer or is new
     * @param leftovers what awaits recovery, or a mover that is at work with it
     * @param schemaVersion the newest migration; empty if it does not answer or is new
     * @param pool empty if its connections come from a data source of the caller's
     */
    public record ShardStatus(
            String name,
            State state,
            Optional<String> problem,
            double share,
            double targetShare,
            OptionalLong ranges,
            List<TableRows> rows,
            Leftovers leftovers,
            Optional<String> schemaVersion,
            Optional<PoolState> pool) {

        public ShardStatus {
            rows = List.copyOf(rows);
        }

        /** All rows of all sharded tables; empty if they are not known. */
        public OptionalLong allRows() {
            return rows.isEmpty()
                    ? OptionalLong.empty()
                    : OptionalLong.of(rows.stream().mapToLong(TableRows::rows).sum());
        }
    }

    /**
     * How many rows of each sharded table the shards that answered own together, in the order of the configuration. Exact
     * only if all of them were counted and nothing was on the way from one to another.
     */
    public List<TableRows> rows() {
        boolean isMoving = leftovers() > 0;
        return TableRows.sums(shards.stream()
                .flatMap(shard -> shard.rows().stream())
                .map(rows -> isMoving ? rows.estimated() : rows));
    }

    /** All leftovers together. */
    public int leftovers() {
        return shards.stream().mapToInt(shard -> shard.leftovers().total()).sum();
    }

    /** Whether every shard takes part, nothing has to move, and nothing awaits recovery. */
    public boolean isSettled() {
        return leftovers() == 0
                && problem.isEmpty()
                && pendingShare.equals(OptionalDouble.of(0))
                && shards.stream().allMatch(shard -> shard.state() == State.UP);
    }
}
