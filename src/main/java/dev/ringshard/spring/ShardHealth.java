package dev.ringshard.spring;

import dev.ringshard.status.ClusterStatus;
import dev.ringshard.status.ClusterStatus.ShardStatus;
import dev.ringshard.status.ClusterStatus.State;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The health of a cluster, in words that Boot 3 and 4 have in common.
 *
 * @param code {@code UP}; {@code DOWN} if no shard answers; and {@code DEGRADED}, which takes no instance of the application out of
 *     service, if some do not, as only their keys are affected
 * @param details of each shard whether it is up, and if not, why
 */
record ShardHealth(String code, Map<String, Object> details) {

    static ShardHealth of(ClusterStatus status) {
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("cluster", status.cluster());
        status.problem().ifPresent(problem -> details.put("problem", problem));
        status.shards().forEach(shard -> details.put(shard.name(), detail(shard)));
        long up = status.shards().stream().filter(ShardHealth::isUp).count();
        return new ShardHealth(
                up == 0 ? "DOWN" : up == status.shards().size() && !status.isSetBack() ? "UP" : "DEGRADED", details);
    }

    private static boolean isUp(ShardStatus shard) {
        return shard.state() == State.UP;
    }

    private static Object detail(ShardStatus shard) {
        String state = shard.state().name().toLowerCase(Locale.ROOT);
        return shard.problem().map(problem -> state + ": " + problem).orElse(state);
    }
}
