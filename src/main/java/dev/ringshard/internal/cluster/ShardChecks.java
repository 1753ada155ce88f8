package dev.ringshard.internal.cluster;

import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.failure.CorruptionException;
import dev.ringshard.failure.ForeignShardException;
import dev.ringshard.failure.NoOwnerException;
import dev.ringshard.failure.RingshardException;
import dev.ringshard.internal.ownership.SchemaVersion;
import dev.ringshard.internal.ownership.ShardReading;
import dev.ringshard.internal.shard.FailureKind;
import dev.ringshard.internal.shard.Parallel.Outcome;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.status.ClusterCheck;
import dev.ringshard.status.ClusterCheck.Concern;
import dev.ringshard.status.ClusterCheck.Identity;
import dev.ringshard.status.ClusterCheck.ShardCheck;
import dev.ringshard.status.ClusterCheck.State;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Compares who databases say they are with what the configuration means. For one thread. */
final class ShardChecks {
    private final ClusterReading reading;
    private final RingshardConfig config;
    private final Map<String, String> shardByDatabase = new HashMap<>();

    ShardChecks(ClusterReading reading) {
        this.reading = reading;
        this.config = reading.config();
    }

    private record Finding(State state, Optional<String> problem) {
        private static Finding of(State state, String problem) {
            return new Finding(state, Optional.of(problem));
        }

        private static Finding of(State state, ForeignShardException misfit) {
            return of(state, String.valueOf(misfit.getMessage()));
        }
    }

    ClusterCheck check() {
        List<ShardCheck> checks = new ArrayList<>();
        reading.shards().forEach((shard, said) -> checks.add(check(shard, said)));
        ClusterCheck alone = new ClusterCheck(config.cluster(), checks);
        return problemTogether(checks)
                .map(misfit -> alone.withProblem(concern(misfit), String.valueOf(misfit.getMessage())))
                .orElse(alone);
    }

    /** Only of shards that fit by themselves. */
    private static Concern concern(RuntimeException misfit) {
        if (misfit instanceof CorruptionException) {
            return Concern.SET_BACK;
        }
        return misfit instanceof NoOwnerException ? Concern.OWNERSHIP : Concern.CONFIGURATION;
    }

    private Optional<RuntimeException> problemTogether(List<ShardCheck> checks) {
        boolean fit = checks.stream().allMatch(shard -> shard.state() == State.MEMBER || shard.state() == State.NEW);
        return fit && checks.stream().anyMatch(shard -> shard.state() == State.MEMBER)
                ? reading.misfit()
                : Optional.empty();
    }

    private ShardCheck check(Shard shard, Outcome<ShardReading> said) {
        ShardConfig configured = config.shard(shard.name()).orElseThrow();
        String database = configured.source().describe();
        if (said.failure() != null) {
            return new ShardCheck(
                    shard.name(),
                    database,
                    FailureKind.isRefusedLogin(said.failure()) ? State.WRONG : State.DOWN,
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of(reason(shard, said.failure())));
        }
        ShardReading answer = said.get();
        Finding finding = finding(shard, answer);
        return new ShardCheck(
                shard.name(),
                database,
                finding.state,
                Optional.of(answer.server().server()),
                answer.schemaVersion().map(SchemaVersion::newest),
                answer.membership().map(member -> new Identity(member.cluster(), member.shard())),
                finding.problem);
    }

    private static String reason(Shard shard, RuntimeException failure) {
        return failure instanceof RingshardException known
                ? String.valueOf(known.getMessage())
                : "Shard %s does not answer as it should: %s. See what its database's log says."
                        .formatted(shard.name(), failure.getMessage());
    }

    private Finding finding(Shard shard, ShardReading said) {
        int oldest = shard.dialect().oldestServer();
        if (said.server().majorVersion() < oldest) {
            return Finding.of(
                    State.WRONG, """
                    Shard %s runs on %s; Ringshard works with version %d and later. Give it a newer server.""".formatted(shard.name(), said.server().server(), oldest));
        }
        try {
            said.requirePrimary(shard.name());
        } catch (ForeignShardException standby) {
            return Finding.of(State.WRONG, standby);
        }
        String other = shardByDatabase.putIfAbsent(said.server().database(), shard.name());
        if (other != null) {
            return Finding.of(State.WRONG, """
                    Shards %s and %s are configured with the same database. Give each its own: correct url.""".formatted(other, shard.name()));
        }
        return said.isNew()
                ? Finding.of(
                        State.NEW,
                        said.halfDone(shard.name())
                                .orElse("Shard %s is new: its database has not been initialised."
                                        .formatted(shard.name())))
                : findingOfMember(shard, said);
    }

    private Finding findingOfMember(Shard shard, ShardReading said) {
        try {
            said.requireIdentity(config.cluster(), config.ring().hash(), shard.name());
        } catch (ForeignShardException wrong) {
            return Finding.of(State.WRONG, wrong);
        }
        try {
            said.requireOurVersion(shard.name());
        } catch (ForeignShardException outdated) {
            return Finding.of(State.OUTDATED, outdated);
        }
        try {
            said.membership().orElseThrow().requireFounded();
        } catch (ForeignShardException unfinished) {
            return Finding.of(State.UNFINISHED, unfinished);
        }
        return new Finding(State.MEMBER, Optional.empty());
    }
}
