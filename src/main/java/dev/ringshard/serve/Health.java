package dev.ringshard.serve;

import dev.ringshard.watch.ShardSight;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Whether shards are up, for programs: 200 if so, 503 if not. */
record Health(Poller.Seen seen) {

    Answer ofAll() {
        List<ShardSight> shards = seen.sight().shards();
        boolean up = shards.stream().allMatch(ShardSight::isUp);
        return answer(
                up,
                new Json()
                        .with("cluster", seen.sight().cluster())
                        .with("state", seen.isStale() ? "stale" : up ? "up" : "degraded")
                        .with("at", seen.sight().at().toString())
                        .with("shards", shards.stream().map(Health::shard).toList()));
    }

    Answer of(String name) {
        return seen.sight()
                .shard(name)
                .map(shard -> answer(
                        shard.isUp(), shard(shard).with("at", seen.sight().at().toString())))
                .orElseGet(() -> Answer.text(
                        404, "There is no shard of this name. These are configured: %s.".formatted(names())));
    }

    private String names() {
        return seen.sight().shards().stream().map(ShardSight::name).collect(Collectors.joining(", "));
    }

    /** What was seen too long ago says nothing about now. */
    private Answer answer(boolean up, Json body) {
        return Answer.json(up && !seen.isStale() ? 200 : 503, body);
    }

    private static Json shard(ShardSight shard) {
        return new Json()
                .with("name", shard.name())
                .with("state", shard.state().name().toLowerCase(Locale.ROOT))
                .with("since", shard.since().toString())
                .with("problem", shard.problem().orElse(null));
    }
}
