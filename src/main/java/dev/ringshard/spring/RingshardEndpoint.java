package dev.ringshard.spring;

import dev.ringshard.Ringshard;
import dev.ringshard.status.ClusterStatus;
import dev.ringshard.status.ClusterStatus.ShardStatus;
import dev.ringshard.status.PoolState;
import dev.ringshard.status.TableRows;
import dev.ringshard.status.WatchStatus;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

/** How the cluster is, with the keys of {@code status --json}. */
@Endpoint(id = "ringshard")
final class RingshardEndpoint {
    private final Ringshard ringshard;

    RingshardEndpoint(Ringshard ringshard) {
        this.ringshard = ringshard;
    }

    /** Asks all shards; counts no rows. */
    @ReadOperation
    public Map<String, @Nullable Object> status() {
        ClusterStatus status = ringshard.status();
        Map<String, @Nullable Object> report = new LinkedHashMap<>();
        report.put("cluster", status.cluster());
        report.put("settled", status.isSettled());
        report.put("rows", rows(status.rows()));
        report.put("leftovers", status.leftovers());
        report.put(
                "pendingShare",
                status.pendingShare().isPresent() ? status.pendingShare().getAsDouble() : null);
        report.put("problem", status.problem().orElse(null));
        report.put(
                "watches",
                status.watches().stream().map(RingshardEndpoint::watch).toList());
        report.put(
                "shards", status.shards().stream().map(RingshardEndpoint::shard).toList());
        return report;
    }

    private static Map<String, @Nullable Object> shard(ShardStatus shard) {
        Map<String, @Nullable Object> report = new LinkedHashMap<>();
        boolean answers = shard.state() != ClusterStatus.State.DOWN;
        report.put("name", shard.name());
        report.put("state", shard.state().name().toLowerCase(Locale.ROOT));
        report.put("share", answers ? shard.share() : null);
        report.put("targetShare", shard.targetShare());
        report.put("rows", answers ? rows(shard.rows()) : null);
        report.put("ranges", shard.ranges().isPresent() ? shard.ranges().getAsLong() : null);
        report.put("leftovers", answers ? shard.leftovers().total() : null);
        report.put("schemaVersion", shard.schemaVersion().orElse(null));
        report.put("pool", shard.pool().map(RingshardEndpoint::pool).orElse(null));
        report.put("problem", shard.problem().orElse(null));
        return report;
    }

    private static Map<String, Object> watch(WatchStatus watch) {
        return Map.of(
                "instance", watch.instance(),
                "silent", watch.isSilent(),
                "decision",
                        watch.decision().kind().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                "imbalance", watch.decision().imbalance(),
                "reason", watch.decision().reason(),
                "startedSecondsAgo", watch.ages().started().toSeconds(),
                "decidedSecondsAgo", watch.ages().decided().toSeconds(),
                "lookedSecondsAgo", watch.ages().looked().toSeconds(),
                "heardSecondsAgo", watch.ages().heard().toSeconds());
    }

    private static List<Map<String, Object>> rows(List<TableRows> tables) {
        return tables.stream()
                .map(table ->
                        Map.<String, Object>of("table", table.table(), "rows", table.rows(), "exact", table.isExact()))
                .toList();
    }

    private static Map<String, Integer> pool(PoolState pool) {
        return Map.of(
                "size", pool.size(),
                "total", pool.total(),
                "active", pool.active(),
                "idle", pool.idle(),
                "waiting", pool.waiting());
    }
}
