package dev.ringshard.config;

import dev.ringshard.ring.RingStrategy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * As much of a shard as could be read, for the rules between shards: also a shard that has problems of its own can
 * clash with another.
 *
 * @param path its key, such as {@code shards[1]}
 * @param problems where to note what is wrong with one of its keys
 * @param name null if it could not be read
 * @param database equal for two shards in the same database; null if it could not be read
 */
record ShardDraft(
        String path,
        Problems problems,
        @Nullable String name,
        double weight,
        @Nullable Object database) {

    static ShardDraft of(int index, Problems problems, ShardConfig shard) {
        String path = "shards[%d]".formatted(index);
        return new ShardDraft(path, problems.under(path), shard.name(), shard.weight(), database(shard.source()));
    }

    static Object database(DatabaseSource source) {
        if (source instanceof DatabaseSource.Jdbc jdbc) {
            return JdbcUrl.parse(jdbc.url()).address(jdbc.user());
        }
        return ((DatabaseSource.Existing) source).dataSource();
    }

    /** Names and databases belong to one shard each, one shard at least takes a share, and none too many tokens. */
    static void check(Problems cluster, List<ShardDraft> shards, int virtualNodes) {
        if (shards.isEmpty()) {
            cluster.add("shards", "is missing or empty: at least one shard is required.");
            return;
        }
        Map<String, ShardDraft> byName = new HashMap<>();
        Map<Object, ShardDraft> byDatabase = new HashMap<>();
        for (ShardDraft shard : shards) {
            sameName(byName, shard).ifPresent(shard::addSameName);
            sameDatabase(byDatabase, shard).ifPresent(shard::addSameDatabase);
            shard.checkVirtualNodes(virtualNodes);
        }
        if (shards.stream().allMatch(shard -> shard.weight == 0)) {
            cluster.add("shards", "have a weight of 0 each: at least one needs a weight above 0.");
        }
    }

    private static Optional<ShardDraft> sameName(Map<String, ShardDraft> byName, ShardDraft shard) {
        return shard.name == null ? Optional.empty() : Optional.ofNullable(byName.putIfAbsent(shard.name, shard));
    }

    private static Optional<ShardDraft> sameDatabase(Map<Object, ShardDraft> byDatabase, ShardDraft shard) {
        return shard.database == null
                ? Optional.empty()
                : Optional.ofNullable(byDatabase.putIfAbsent(shard.database, shard));
    }

    private void checkVirtualNodes(int perUnitOfWeight) {
        long virtualNodes = Math.round(weight * perUnitOfWeight);
        if (ShardConfig.isWeight(weight) && virtualNodes > RingStrategy.MOST_VIRTUAL_NODES) {
            problems.add(
                    "weight",
                    "is %s, which by ring.virtual-nodes (%d) makes %d virtual nodes: %d are allowed for a shard."
                            .formatted(weight, perUnitOfWeight, virtualNodes, RingStrategy.MOST_VIRTUAL_NODES));
        }
    }

    private void addSameName(ShardDraft earlier) {
        problems.add(
                "name",
                "is %s, as is %s.name: each shard needs a name of its own."
                        .formatted(Excerpt.value(String.valueOf(name)), earlier.path));
    }

    private void addSameDatabase(ShardDraft earlier) {
        problems.add(
                database instanceof String ? "url" : "data source",
                "leads to the same database as %s: shards %s and %s need a database each."
                        .formatted(earlier.path, earlier.called(), called()));
    }

    private String called() {
        return name == null ? path : Excerpt.value(name);
    }
}
