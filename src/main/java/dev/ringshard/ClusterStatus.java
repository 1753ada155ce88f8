package dev.ringshard;

import dev.ringshard.customers.CustomerRepository;
import dev.ringshard.customers.Totals;
import dev.ringshard.failure.NoOwnerException;
import dev.ringshard.ownership.OwnershipTables;
import dev.ringshard.ownership.ShardReport;
import dev.ringshard.routing.Router;
import dev.ringshard.shard.PoolState;
import dev.ringshard.shard.Shard;
import dev.ringshard.shard.Shards;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * How a cluster is at one moment.
 *
 * @param shards in the order of the configuration
 * @param pendingShare the part of the ring that a rebalance would move, 0 to 1; empty if that cannot be told, because a
 *     shard does not answer or parts of the ring have no owner
 * @param problem what is wrong with the configuration as a whole, such as a shard that owns part of the ring and is left
 *     out; empty if nothing is known to be
 */
public record ClusterStatus(
        String cluster, List<ShardStatus> shards, OptionalDouble pendingShare, Optional<String> problem) {

    public ClusterStatus {
        shards = List.copyOf(shards);
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
     * @param share what it owns of the ring, 0 to 1, as far as is known
     * @param targetShare what it should own by the configuration, 0 to 1, whoever owns what now. The strategy {@code
     *     balanced} leaves a shard alone that owns between 0.90 and 1.05 of it
     * @param ranges how many token ranges it owns; empty if it does not answer
     * @param customers how many customers live there; empty if it does not answer, or parts of the ring have no owner
     * @param leftovers handovers and hidden ranges that await recovery
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
            OptionalLong customers,
            int leftovers,
            Optional<String> schemaVersion,
            Optional<PoolState> pool) {

        private ShardStatus with(Optional<Totals> totals, double target) {
            OptionalLong count =
                    totals.map(found -> OptionalLong.of(found.customers())).orElse(OptionalLong.empty());
            return new ShardStatus(name, state, problem, share, target, ranges, count, leftovers, schemaVersion, pool);
        }
    }

    /** All leftovers together. */
    public int leftovers() {
        return shards.stream().mapToInt(ShardStatus::leftovers).sum();
    }

    /** Whether every shard takes part, nothing has to move, and nothing awaits recovery. */
    public boolean isSettled() {
        return leftovers() == 0
                && pendingShare.equals(OptionalDouble.of(0))
                && shards.stream().allMatch(shard -> shard.state() == State.UP);
    }

    /** What is still to move; if the configuration is wrong, that is unknown, and why. */
    record Pending(OptionalDouble share, Optional<String> problem) {}

    static ClusterStatus of(
            String cluster,
            Shards shards,
            Router router,
            CustomerRepository customers,
            Map<String, Double> targets,
            Supplier<Pending> pending) {
        Map<String, Double> shares = router.shares();
        // Each shard is asked before all are: the breaker would leave one alone that does not answer.
        List<ShardStatus> uncounted = new ArrayList<>();
        for (Shard shard : shards.all()) {
            double share = shares.getOrDefault(shard.name(), 0.0);
            uncounted.add(status(shard, share));
        }
        Map<String, Totals> totals = totals(customers);
        Pending toMove = pending.get();
        return new ClusterStatus(
                cluster,
                uncounted.stream()
                        .map(shard -> shard.with(
                                Optional.ofNullable(totals.get(shard.name())), targets.getOrDefault(shard.name(), 0.0)))
                        .toList(),
                toMove.share,
                toMove.problem);
    }

    /** Empty if parts of the ring have no owner: the rest must be told all the more. */
    private static Map<String, Totals> totals(CustomerRepository customers) {
        try {
            return customers.totalsOfAvailableShards().parts();
        } catch (NoOwnerException incomplete) {
            return Map.of();
        }
    }

    private static ShardStatus status(Shard shard, double share) {
        try {
            ShardReport report = OwnershipTables.report(shard);
            boolean member = report.membership().isPresent();
            return new ShardStatus(
                    shard.name(),
                    member ? State.UP : State.NEW,
                    Optional.empty(),
                    share,
                    0,
                    OptionalLong.of(report.ranges()),
                    OptionalLong.empty(),
                    report.leftovers(),
                    report.schemaVersion(),
                    shard.pool());
        } catch (RuntimeException failure) {
            return new ShardStatus(
                    shard.name(),
                    State.DOWN,
                    Optional.of(String.valueOf(failure.getMessage())),
                    share,
                    0,
                    OptionalLong.empty(),
                    OptionalLong.empty(),
                    0,
                    Optional.empty(),
                    shard.pool());
        }
    }
}
