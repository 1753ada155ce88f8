package dev.ringshard.internal.routes;

import dev.ringshard.config.ShardedTable;
import dev.ringshard.failure.ForeignShardException;
import dev.ringshard.failure.SqlFailedException;
import dev.ringshard.internal.ownership.LogMark;
import dev.ringshard.internal.ownership.MembershipTable;
import dev.ringshard.internal.ownership.MembershipTable.Incarnation;
import dev.ringshard.internal.ownership.NotedLog;
import dev.ringshard.internal.ownership.OwnedRange;
import dev.ringshard.internal.ownership.OwnedRangeTable;
import dev.ringshard.internal.ownership.ShardReading;
import dev.ringshard.internal.ownership.ShardedTableTable;
import dev.ringshard.internal.ownership.ShardedTableTable.FencedTable;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.ring.KeyHash;
import dev.ringshard.ring.KeyType;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a shard take part only if it is the one that the configuration means: same cluster, name, hash and schema
 * version. Checked whenever it is asked what it owns, so also when it comes up later than the router. Thread-safe.
 */
public final class Admission {
    private static final Logger log = LoggerFactory.getLogger(Admission.class);

    private final String cluster;
    private final KeyHash hash;
    private volatile @Nullable KeyType keyType;
    private final Set<Shard> atOurVersion = ConcurrentHashMap.newKeySet();

    Admission(String cluster, KeyHash hash) {
        this.cluster = cluster;
        this.hash = hash;
    }

    /** What the keys are, as some shard of the cluster said; empty as long as none answered. */
    Optional<KeyType> keyType() {
        return Optional.ofNullable(keyType);
    }

    /**
     * What a shard says.
     *
     * @param incarnation which database it is
     * @param marks that were written on it; when it is first asked
     * @param others the histories of other shards, as it has on record; when it is first asked
     * @param doubts {@link Shard#doubts} before it was asked
     */
    record OwnershipAnswer(
            List<OwnedRange> owned,
            Incarnation incarnation,
            List<LogMark> marks,
            Map<String, NotedLog> others,
            long doubts) {}

    /**
     * What the shard owns; empty for a database that has not been initialised.
     *
     * @throws ForeignShardException if it is another shard than the configured one
     */
    Optional<OwnershipAnswer> ranges(Shard shard) {
        long doubts = shard.doubts();
        Optional<OwnershipAnswer> said = ranges(shard, doubts);
        long now = shard.doubts();
        return now == doubts
                ? said
                : ranges(shard, now); // found to be another server, or started anew, as it was asked
    }

    private Optional<OwnershipAnswer> ranges(Shard shard, long doubts) {
        return atOurVersion.contains(shard) ? rangesNow(shard, doubts) : rangesAtFirst(shard, doubts);
    }

    /** A schema only ever moves up, by hand: asking for its version once is enough. */
    private Optional<OwnershipAnswer> rangesAtFirst(Shard shard, long doubts) {
        ShardReading said = ShardReading.ofAnyServer(shard, List.of());
        said.requirePart(cluster, hash, shard.name());
        return said.membership().map(member -> {
            keyType = member.keyType();
            atOurVersion.add(shard);
            tellUnfenced(shard);
            return new OwnershipAnswer(
                    said.ranges().owned(),
                    Objects.requireNonNull(shard.snapshot(looking -> MembershipTable.incarnationOf(looking.dsl()))),
                    said.ranges().logs().marks(),
                    said.ranges().logs().others(),
                    doubts);
        });
    }

    /** What comes through a router is fenced by it; what comes another way is not. Nothing moves until that is mended. */
    private static void tellUnfenced(Shard shard) {
        List<ShardedTable> unfenced = Objects.requireNonNull(shard.snapshot(looking -> shard.dialect()
                .fencing()
                .unfenced(
                        looking.dsl(),
                        ShardedTableTable.all(looking.dsl()).stream()
                                .map(FencedTable::declared)
                                .toList())));
        if (!unfenced.isEmpty()) {
            log.error(
                    "The fence is not at work on {} of shard {}: whoever writes to it past Ringshard is held off by nothing. Nothing moves until init has put it on.",
                    unfenced.stream().map(ShardedTable::name).collect(Collectors.joining(", ")),
                    shard.name());
        }
    }

    /** Callers wait for this at every handover: of a schema that was there, it asks no more than it needs. */
    private Optional<OwnershipAnswer> rangesNow(Shard shard, long doubts) {
        try {
            return shard.snapshot(looking -> MembershipTable.find(looking.dsl()).map(member -> {
                member.verify(cluster, shard.name(), hash);
                member.requireFounded();
                return new OwnershipAnswer(
                        OwnedRangeTable.all(looking.dsl()),
                        MembershipTable.incarnationOf(looking.dsl()),
                        List.of(),
                        Map.of(),
                        doubts);
            }));
        } catch (SqlFailedException schemaIsGone) {
            atOurVersion.remove(shard);
            return rangesAtFirst(shard, doubts);
        }
    }
}
