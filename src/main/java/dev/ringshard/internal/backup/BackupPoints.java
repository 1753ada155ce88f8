package dev.ringshard.internal.backup;

import dev.ringshard.config.RingshardConfig;
import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.failure.RingshardException;
import dev.ringshard.failure.SqlFailedException;
import dev.ringshard.internal.cluster.ClusterReading;
import dev.ringshard.internal.handover.Finisher;
import dev.ringshard.internal.handover.LogMarks;
import dev.ringshard.internal.ownership.BackupPointTable;
import dev.ringshard.internal.shard.Parallel;
import dev.ringshard.internal.shard.Parallel.Outcome;
import dev.ringshard.internal.shard.PostgresRestorePoints;
import dev.ringshard.internal.shard.Retry;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.Shards;
import dev.ringshard.status.BackupPoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a restore point of one name on all shards, such that all of them, restored to it, are a sound cluster.
 *
 * <p>The points are not of one moment: each is somewhere in the log of its server. <b>Why that is sound all the same:</b> nothing that
 * two shards must agree about changes from before the first point to after the last.
 * <ul>
 *   <li>Who owns what: a shard gives a range away in a transaction that wants the row of the range alone, and all rows are held. What
 *       was given away before must have been taken before, and forgotten by the shard that gave it. What is being copied is not: its claim is
 *       older than the points, so a copy that is in one of them without its mover is one that {@code recover} drops.
 *   <li>What a shard has on record of another's log, or of a mark there: it could have it on record in its point what the other wrote
 *       after its own, and would say of it that it was set back. Nobody notes anything meanwhile.
 *   <li>Versions of reference tables: nobody makes or takes one.
 *   <li>Messages: no process takes one. A message that was taken before the points was sent before them, and what became
 *       of it is noted in its recipient's; what is sent, or forgotten by its sender, while the points are written is either in its
 *       sender's point or not, and both fit.
 * </ul>
 *
 * <p>INVARIANT: the locks are held until all points are written. Each transaction is committed after that, and the point is none
 * unless all commits succeed: a session that was lost has let go, nobody knows since when.
 */
public final class BackupPoints {
    private static final Logger log = LoggerFactory.getLogger(BackupPoints.class);

    /** No longer than PostgreSQL takes, and to be written between quotes as it is. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,62}");

    /** Others are in the middle of something only for moments, unless it is a transaction of an application's. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final RingshardConfig config;
    private final Shards shards;

    public BackupPoints(RingshardConfig config, Shards shards) {
        this.config = config;
        this.shards = shards;
    }

    /**
     * Writes a point.
     *
     * @throws InvalidInputException if the name cannot be one or was used before, or a shard is not on PostgreSQL; nothing was written
     * @throws SqlFailedException if the user may not, or the point was not written on all shards and so is none; take another name
     * @throws RingshardException as {@link ClusterReading#requireWhole} does, or if somebody was in the middle of something for too
     *     long; nothing was written
     */
    public BackupPoint write(String name) {
        requireName(name);
        requirePoints();
        ClusterReading whole = ClusterReading.ofWholeRing(config, shards.all());
        Set<Shard> members = whole.members().keySet();
        requireMayWrite(members);
        use(name, members);
        ExecutorService threads = Parallel.threads();
        try {
            List<BackupPoint.OnShard> points = written(name, threads, members);
            note();
            return new BackupPoint(
                    name, points, whole.newcomers().stream().map(Shard::name).toList());
        } finally {
            threads.shutdown();
        }
    }

    /** So that a shard which is restored to the point alone is noticed. */
    private void note() {
        try {
            new LogMarks(shards).note();
        } catch (RingshardException later) {
            log.debug("What shards know of each other is noted another time", later);
        }
    }

    private List<BackupPoint.OnShard> written(String name, ExecutorService threads, Set<Shard> members) {
        LockedCluster held;
        try {
            held = hold(threads, members);
        } catch (RuntimeException failure) {
            giveBack(name, members, failure);
            throw failure;
        }
        try (held) {
            return written(name, held).stream().map(this::switched).toList();
        }
    }

    /** Nothing was written, so the name may be used again. */
    private static void giveBack(String name, Set<Shard> members, RuntimeException reason) {
        try {
            members.forEach(shard -> shard.transaction(using -> BackupPointTable.giveBack(using.dsl(), name)));
        } catch (RingshardException stays) {
            reason.addSuppressed(stays); // another name does, too
        }
    }

    private BackupPoint.OnShard switched(BackupPoint.OnShard point) {
        try {
            Shard shard = shards.get(point.shard());
            return point.switched(shard.transaction(ending -> points(shard).switchFile(ending.dsl())));
        } catch (RingshardException later) {
            return point; // the server does so when the file is full
        }
    }

    private static void requireName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new InvalidInputException(
                    "The name of a point has 1 to 63 letters, digits, _, . and -, of which the first is a letter or a digit. Nothing was written.");
        }
    }

    private void requirePoints() {
        List<String> others = shards.all().stream()
                .filter(shard -> shard.dialect().restorePoints().isEmpty())
                .map(Shard::name)
                .toList();
        if (!others.isEmpty()) {
            throw new InvalidInputException(
                    "%s of cluster %s %s on H2, which cannot be restored to a point: only clusters on PostgreSQL can. Nothing was written. Stop what works with the cluster, and copy the files of all shards, instead."
                            .formatted(String.join(", ", others), config.cluster(), others.size() == 1 ? "is" : "are"));
        }
    }

    private static PostgresRestorePoints points(Shard shard) {
        return shard.dialect().restorePoints().orElseThrow();
    }

    private static void requireMayWrite(Collection<Shard> members) {
        Map<String, List<String>> shardsByObstacle = new LinkedHashMap<>();
        members.forEach(shard -> shard.snapshot(reading -> points(shard).obstacle(reading.dsl()))
                .ifPresent(obstacle -> shardsByObstacle
                        .computeIfAbsent(obstacle, first -> new ArrayList<>())
                        .add(shard.name())));
        if (!shardsByObstacle.isEmpty()) {
            throw new SqlFailedException(shardsByObstacle.entrySet().stream()
                    .map(obstacle -> obstacle.getKey().formatted(String.join(", ", obstacle.getValue())))
                    .collect(Collectors.joining(" ", "", " Nothing was written.")));
        }
    }

    /** INVARIANT: a name is used before its point is written, and never again: a restore ends at the first point of that name. */
    private static void use(String name, Collection<Shard> members) {
        for (Shard shard : members) {
            shard.snapshot(reading -> BackupPointTable.find(reading.dsl(), name))
                    .ifPresent(since -> {
                        throw new InvalidInputException(
                                "The name %s was used on shard %s before, at %s, and a restore ends at the first point of a name. Nothing was written. Give each point a name of its own."
                                        .formatted(name, shard.name(), since));
                    });
        }
        for (Shard shard : members) {
            if (!shard.transaction(using -> BackupPointTable.use(using.dsl(), name))) {
                throw new InvalidInputException(
                        "Somebody else uses the name %s for a point at this moment. Nothing was written. Give each point a name of its own."
                                .formatted(name));
            }
        }
    }

    private LockedCluster hold(ExecutorService threads, Collection<Shard> members) {
        return Retry.within(PATIENCE)
                .pausing(Duration.ofMillis(10), Duration.ofMillis(200))
                .run(() -> holdOnce(threads, members), failure -> finish(members));
    }

    private LockedCluster holdOnce(ExecutorService threads, Collection<Shard> members) {
        LockedCluster held = LockedCluster.hold(threads, members);
        try {
            held.requireWhole(said -> new ClusterReading(config, said, Set.of()));
            held.holdDeliveries();
            return held;
        } catch (RuntimeException failure) {
            held.close();
            throw failure;
        }
    }

    /** What movers that died have handed over, and those that live are about to finish. */
    private void finish(Collection<Shard> members) {
        members.forEach(source -> Finisher.finish(source, shards::find));
    }

    private static List<BackupPoint.OnShard> written(String name, LockedCluster held) {
        Map<String, RuntimeException> failures = new LinkedHashMap<>();
        List<BackupPoint.OnShard> points = new ArrayList<>();
        held.attempt(holding -> points(holding.shard()).write(holding.dsl(), holding.shard(), name))
                .forEach((shard, outcome) -> collect(shard, outcome, failures).ifPresent(points::add));
        held.release().forEach((shard, outcome) -> collect(shard, outcome, failures));
        if (!failures.isEmpty()) {
            throw failed(name, failures);
        }
        return points;
    }

    private static <T> Optional<T> collect(Shard shard, Outcome<T> outcome, Map<String, RuntimeException> failures) {
        if (outcome.failure() != null) {
            failures.putIfAbsent(shard.name(), outcome.failure());
        }
        return Optional.ofNullable(outcome.value());
    }

    private static SqlFailedException failed(String name, Map<String, RuntimeException> failures) {
        RuntimeException first = failures.values().iterator().next();
        return new SqlFailedException(
                "The point %s was not written on all shards, not on %s: %s No rows were changed, but do not restore to a point of that name: the shards would not fit together. Repeat the command with another name."
                        .formatted(name, String.join(", ", failures.keySet()), first.getMessage()),
                first);
    }
}
