package dev.ringshard;

import dev.ringshard.bank.CustomerRepository;
import dev.ringshard.bank.Totals;
import dev.ringshard.failure.NoOwnerException;
import dev.ringshard.internal.ownership.ShardReport;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.Shards;
import dev.ringshard.status.ClusterStatus;
import dev.ringshard.status.ClusterStatus.ShardStatus;
import dev.ringshard.status.ClusterStatus.State;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.Supplier;

/** Asks all shards how they are. */
record StatusReading(Shards shards, CustomerRepository customers) {

    /** What is still to move; if the configuration is wrong, that is unknown, and why. */
    record Pending(OptionalDouble share, Optional<String> problem) {}

    ClusterStatus read(
            String cluster, Map<String, Double> shares, Map<String, Double> targets, Supplier<Pending> pending) {
        // Each shard is asked before all are: the breaker would leave one alone that does not answer.
        Map<Shard, Optional<ShardReport>> reports = new java.util.LinkedHashMap<>();
        Map<Shard, String> problems = new java.util.HashMap<>();
        for (Shard shard : shards.all()) {
            try {
                reports.put(shard, Optional.of(ShardReport.of(shard)));
            } catch (RuntimeException failure) {
                reports.put(shard, Optional.empty());
                problems.put(shard, String.valueOf(failure.getMessage()));
            }
        }
        Map<String, Totals> totals = totals();
        Pending toMove = pending.get();
        List<ShardStatus> statuses = new ArrayList<>();
        reports.forEach((shard, report) -> {
            Totals counted = totals.get(shard.name());
            statuses.add(new ShardStatus(
                    shard.name(),
                    report.map(said -> said.membership().isPresent() ? State.UP : State.NEW)
                            .orElse(State.DOWN),
                    Optional.ofNullable(problems.get(shard)),
                    shares.getOrDefault(shard.name(), 0.0),
                    targets.getOrDefault(shard.name(), 0.0),
                    report.map(said -> OptionalLong.of(said.ranges())).orElse(OptionalLong.empty()),
                    counted == null || report.isEmpty() ? OptionalLong.empty() : OptionalLong.of(counted.customers()),
                    report.map(ShardReport::leftovers).orElse(0),
                    report.flatMap(ShardReport::schemaVersion),
                    shard.pool()));
        });
        return new ClusterStatus(cluster, statuses, toMove.share, toMove.problem);
    }

    /** Empty if parts of the ring have no owner: the rest must be told all the more. */
    private Map<String, Totals> totals() {
        try {
            return customers.totalsOfAvailableShards().parts();
        } catch (NoOwnerException incomplete) {
            return Map.of();
        }
    }
}
