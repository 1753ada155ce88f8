package dev.ringshard;

import dev.ringshard.config.RingshardConfig;
import dev.ringshard.failure.ForeignShardException;
import dev.ringshard.internal.cluster.ClusterReading;
import dev.ringshard.internal.cluster.Newcomers;
import dev.ringshard.internal.schema.ShardSchema;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.Shards;
import dev.ringshard.status.ClusterCheck;
import java.util.List;
import java.util.Optional;

/** What does not fit of a configuration and its databases: who they are, what their tables are, and whether these are alike. It only reads. */
record ConfigurationCheck(RingshardConfig config, Shards shards) {

    ClusterCheck run() {
        ClusterReading reading = ClusterReading.of(config, shards.all(), List.of());
        ClusterCheck check = reading.check();
        if (check.problem().isPresent()) {
            return check;
        }
        return refusal(check)
                .map(problem -> check.withProblem(ClusterCheck.Concern.TABLES, problem))
                .or(() -> difference(reading)
                        .map(problem -> check.withProblem(ClusterCheck.Concern.DEFINITIONS, problem)))
                .orElseGet(() -> new ClusterCheck(
                        check.cluster(), check.shards(), Optional.empty(), Optional.empty(), remarks(reading)));
    }

    /** What init would refuse of databases that answer and fit by themselves. */
    private Optional<String> refusal(ClusterCheck check) {
        if (check.has(ClusterCheck.State.WRONG) || check.has(ClusterCheck.State.DOWN)) {
            return Optional.empty();
        }
        if (check.has(ClusterCheck.State.UNFINISHED)) {
            try {
                new ClusterDefinition(config).init(shards, (step, shard) -> {}).inspect();
            } catch (ForeignShardException refused) {
                return Optional.of(String.valueOf(refused.getMessage()));
            }
        }
        List<String> problems = check.shards().stream()
                .flatMap(shard -> tableProblem(shards.get(shard.name()), shard.state()).stream())
                .toList();
        return problems.isEmpty() ? Optional.empty() : Optional.of(String.join(System.lineSeparator(), problems));
    }

    private Optional<String> tableProblem(Shard shard, ClusterCheck.State state) {
        return switch (state) {
            case MEMBER ->
                ShardSchema.otherKeysOfShipped(
                                shard, new ClusterDefinition(config).schema().shipped())
                        .or(() -> ShardSchema.problem(
                                shard, config.shardedTables(), config.tables().reference()));
            case NEW, UNFINISHED, OUTDATED -> ShardSchema.foreseen(shard, new ClusterDefinition(config).schema());
            case WRONG, DOWN -> Optional.empty();
        };
    }

    /** Why rows cannot move between members that fit by themselves. */
    private Optional<String> difference(ClusterReading reading) {
        List<Shard> members = List.copyOf(reading.members().keySet());
        try {
            new JoiningShards(config)
                    .requireAlike(
                            members.stream()
                                    .skip(1)
                                    .map(other -> new Newcomers.Route(members.get(0), other))
                                    .toList(),
                            config.shardedTables());
            return Optional.empty();
        } catch (ForeignShardException different) {
            return Optional.of(String.valueOf(different.getMessage()));
        }
    }

    /** Of databases whose tables are as they are configured. */
    private List<String> remarks(ClusterReading reading) {
        List<Shard> members = List.copyOf(reading.members().keySet());
        return members.isEmpty() ? List.of() : new JoiningShards(config).remarks(members, reading.newcomers());
    }
}
