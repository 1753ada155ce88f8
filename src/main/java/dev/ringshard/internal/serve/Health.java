package dev.ringshard.internal.serve;

import dev.ringshard.internal.watch.ShardSight;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Whether shards are up, for programs: 200 if so, 503 if not. */
record Health(Poller.Seen seen) {

    HttpAnswer ofAll() {
        List<ShardSight> shards = seen.sight().shards();
        boolean up = shards.stream().allMatch(ShardSight::isUp);
        return answer(
                up,
                new JsonText()
                        .with("cluster", seen.sight().cluster())
                        .with("state", seen.isStale() ? "stale" : up ? "up" : "degraded")
                        .with("at", seen.sight().at().toString())
                        .with("shards", shards.stream().map(Health::shard).toList()));
    }

    HttpAnswer of(String name) {
        return seen.sight()
                .shard(name)
                .map(shard -> answer(
                        shard.isUp(), shard(shard).with("at", seen.sight().at().toString())))
                .orElseGet(() -> HttpAnswer.text(
                        404, "There is no shard of this name. These are configured: %s.".formatted(names())));
    }

    private String names() {
        return seen.sight().shards().stream().map(ShardSight::name).collect(Collectors.joining(", "));
    }

    /** What was seen too long ago says nothing about now. */
    private HttpAnswer answer(boolean up, JsonText body) {
        return HttpAnswer.json(up && !seen.isStale() ? 200 : 503, body);
    }

    private static JsonText shard(ShardSight shard) {
        return new JsonText()
                .with("name", shard.name())
                .with("state", shard.state().name().toLowerCase(Locale.ROOT))
                .with("since", shard.since().toString())
                .with("problem", shard.problem().orElse(null));
    }
}
