package dev.ringshard.internal.serve;

import dev.ringshard.status.ClusterStatus.ShardStatus;
import dev.ringshard.status.ClusterStatus.State;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Whether shards are up, for programs: 200 if so, 503 if not. */
record Health(Poller.Seen seen) {

    HttpResponse ofAll() {
        List<ShardStatus> shards = seen.cluster().shards();
        boolean up = shards.stream().allMatch(Health::isUp);
        return answer(
                up,
                new JsonText()
                        .with("cluster", seen.cluster().status().cluster())
                        .with("state", seen.isStale() ? "stale" : up ? "up" : "degraded")
                        .with("at", seen.cluster().at().toString())
                        .with("shards", shards.stream().map(this::shard).toList()));
    }

    HttpResponse of(String name) {
        return seen.cluster()
                .shard(name)
                .map(shard -> answer(
                        isUp(shard), shard(shard).with("at", seen.cluster().at().toString())))
                .orElseGet(() -> HttpResponse.text(
                        404, "There is no shard of this name. These are configured: %s.".formatted(names())));
    }

    private String names() {
        return seen.cluster().shards().stream().map(ShardStatus::name).collect(Collectors.joining(", "));
    }

    /** What was seen too long ago says nothing about now. */
    private HttpResponse answer(boolean up, JsonText body) {
        return HttpResponse.json(up && !seen.isStale() ? 200 : 503, body);
    }

    private static boolean isUp(ShardStatus shard) {
        return shard.state() == State.UP;
    }

    private JsonText shard(ShardStatus shard) {
        return new JsonText()
                .with("name", shard.name())
                .with("state", shard.state().name().toLowerCase(Locale.ROOT))
                .with("since", seen.cluster().since(shard).toString())
                .with("problem", shard.problem().orElse(null));
    }
}
