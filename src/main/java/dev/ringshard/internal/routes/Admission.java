package dev.ringshard.internal.routes;

import dev.ringshard.failure.ForeignShardException;
import dev.ringshard.internal.ownership.OwnedRange;
import dev.ringshard.internal.ownership.SchemaHistory;
import dev.ringshard.internal.ownership.ShardReport;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.ring.KeyHash;
import dev.ringshard.ring.KeyType;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jooq.exception.DataAccessException;
import org.jspecify.annotations.Nullable;

/**
 * Lets a shard take part only if it is the one that the configuration means: same cluster, name, hash and schema
 * version. Checked whenever it is asked what it owns, so also when it comes up later than the router. Thread-safe.
 */
public final class Admission {
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
     * What the shard owns; empty for a database that has not been initialised.
     *
     * @throws ForeignShardException if it is another shard than the configured one
     */
    Optional<List<OwnedRange>> ranges(Shard shard) {
        ShardReport report = report(shard);
        return report.membership().map(member -> report.owned());
    }

    private ShardReport report(Shard shard) {
        ShardReport report = atOurVersion.contains(shard) ? claims(shard) : ShardReport.of(shard);
        report.membership().ifPresent(membership -> {
            membership.verify(cluster, shard.name(), hash);
            verifyVersion(shard);
            membership.requireFounded();
            keyType = membership.keyType();
        });
        return report;
    }

    /** Callers wait for this at every handover: of a schema that was there, it asks no more than it needs. */
    private ShardReport claims(Shard shard) {
        try {
            return ShardReport.claims(shard);
        } catch (DataAccessException schemaIsGone) {
            atOurVersion.remove(shard);
            return ShardReport.of(shard);
        }
    }

    /** A schema only ever moves up, by hand: asking once is enough. */
    private void verifyVersion(Shard shard) {
        if (!atOurVersion.contains(shard)) {
            shard.snapshot(transaction -> {
                SchemaHistory.requireOurs(transaction.dsl(), shard.name());
                return true;
            });
            atOurVersion.add(shard);
        }
    }
}
