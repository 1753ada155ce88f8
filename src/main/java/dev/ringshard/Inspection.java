package dev.ringshard;

import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.failure.ForeignShardException;
import dev.ringshard.failure.RingshardException;
import dev.ringshard.internal.ownership.ClusterReport;
import dev.ringshard.internal.ownership.Membership;
import dev.ringshard.internal.ownership.SchemaHistory;
import dev.ringshard.internal.ownership.ShardReport;
import dev.ringshard.internal.shard.FailureKind;
import dev.ringshard.internal.shard.Retry;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.ShardTransaction;
import dev.ringshard.internal.shard.Shards;
import dev.ringshard.status.ClusterCheck;
import dev.ringshard.status.ClusterCheck.Identity;
import dev.ringshard.status.ClusterCheck.ShardCheck;
import dev.ringshard.status.ClusterCheck.State;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Asks the databases of a configuration who they are, and changes nothing. For one thread. */
final class Inspection {
    private final RingshardConfig config;
    private final Shards shards;
    private final Map<String, String> shardByDatabase = new HashMap<>();

    Inspection(RingshardConfig config, Shards shards) {
        this.config = config;
        this.shards = shards;
    }

    /**
     * What a database answered.
     *
     * @param database the same for two shards only if they are in the same
     * @param misfit why the version of its schema does not fit; empty if it does
     */
    private record Answer(
            String database, String server, int majorVersion, ShardReport report, Optional<String> misfit) {

        private Optional<Identity> identity() {
            return report.membership().map(member -> new Identity(member.cluster(), member.shard()));
        }
    }

    private record Finding(State state, Optional<String> problem) {
        private static Finding of(State state, String problem) {
            return new Finding(state, Optional.of(problem));
        }
    }

    /** Asks all of them at once: one that takes its time to fail costs only its own. */
    ClusterCheck run() {
        ExecutorService executor = Executors.newFixedThreadPool(shards.all().size());
        try {
            Map<Shard, CompletableFuture<Answer>> asked = new LinkedHashMap<>();
            shards.all().forEach(shard -> asked.put(shard, CompletableFuture.supplyAsync(() -> ask(shard), executor)));
            List<ShardCheck> checks = new ArrayList<>();
            asked.forEach((shard, answer) -> checks.add(check(shard, answer)));
            return new ClusterCheck(config.cluster(), checks, problemTogether(checks));
        } finally {
            executor.shutdown();
        }
    }

    /** Only of shards that fit by themselves; while rows move, the answers may take a few looks to fit together. */
    private Optional<String> problemTogether(List<ShardCheck> checks) {
        boolean fit = checks.stream().allMatch(shard -> shard.state() == State.MEMBER || shard.state() == State.NEW);
        if (!fit || checks.stream().allMatch(shard -> shard.state() == State.NEW)) {
            return Optional.empty();
        }
        try {
            Retry.within(config.routingTimeout())
                    .run(() -> ClusterReport.of(config.cluster(), config.ring().hash(), shards.all()), failure -> {});
            return Optional.empty();
        } catch (RingshardException misfit) {
            return Optional.ofNullable(misfit.getMessage());
        }
    }

    private static Answer ask(Shard shard) {
        ShardReport report = ShardReport.of(shard);
        return shard.snapshot(transaction -> {
            DatabaseMetaData server = transaction.connection().getMetaData();
            return new Answer(
                    transaction.databaseIdentity(),
                    name(server),
                    server.getDatabaseMajorVersion(),
                    report,
                    report.membership().flatMap(member -> misfit(transaction)));
        });
    }

    /** Such as "PostgreSQL 18.6", without what its packager says of himself. */
    private static String name(DatabaseMetaData server) throws SQLException {
        return server.getDatabaseProductName() + " "
                + server.getDatabaseProductVersion().split(" ", 2)[0];
    }

    private static Optional<String> misfit(ShardTransaction transaction) {
        try {
            SchemaHistory.requireOurs(transaction.dsl(), transaction.shard().name());
            return Optional.empty();
        } catch (ForeignShardException otherVersion) {
            return Optional.of(String.valueOf(otherVersion.getMessage()));
        }
    }

    private ShardCheck check(Shard shard, CompletableFuture<Answer> asked) {
        ShardConfig configured = config.shard(shard.name()).orElseThrow();
        String place = configured.source().describe();
        try {
            Answer answer = asked.join();
            Finding finding = finding(shard, answer);
            return new ShardCheck(
                    shard.name(),
                    place,
                    finding.state,
                    Optional.of(answer.server),
                    answer.report.schemaVersion(),
                    answer.identity(),
                    finding.problem);
        } catch (CompletionException failed) {
            return new ShardCheck(
                    shard.name(),
                    place,
                    FailureKind.isRefusedLogin(failed) ? State.WRONG : State.DOWN,
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of(reason(shard, failed.getCause() == null ? failed : failed.getCause())));
        }
    }

    private static String reason(Shard shard, Throwable failure) {
        return failure instanceof RingshardException known
                ? String.valueOf(known.getMessage())
                : "Shard %s does not answer as it should: %s. See what its database's log says."
                        .formatted(shard.name(), failure.getMessage());
    }

    private Finding finding(Shard shard, Answer answer) {
        int oldest = shard.dialect().oldestServer();
        if (answer.majorVersion < oldest) {
            return Finding.of(State.WRONG, """
                    Shard %s runs on %s; Ringshard works with version %d and later. Give it a newer server.""".formatted(shard.name(), answer.server, oldest));
        }
        String other = shardByDatabase.putIfAbsent(answer.database, shard.name());
        if (other != null) {
            return Finding.of(State.WRONG, """
                    Shards %s and %s are configured with the same database. Give each its own: correct url.""".formatted(other, shard.name()));
        }
        return answer.report
                .membership()
                .map(member -> finding(shard, answer, member))
                .orElseGet(() -> Finding.of(
                        State.NEW, "Shard %s is new: its database has not been initialised.".formatted(shard.name())));
    }

    private Finding finding(Shard shard, Answer answer, Membership member) {
        try {
            member.verify(config.cluster(), shard.name(), config.ring().hash());
        } catch (ForeignShardException wrong) {
            return Finding.of(State.WRONG, String.valueOf(wrong.getMessage()));
        }
        if (answer.misfit.isPresent()) {
            return new Finding(State.OUTDATED, answer.misfit);
        }
        try {
            member.requireFounded();
        } catch (ForeignShardException unfinished) {
            return Finding.of(State.UNFINISHED, String.valueOf(unfinished.getMessage()));
        }
        return new Finding(State.MEMBER, Optional.empty());
    }
}
