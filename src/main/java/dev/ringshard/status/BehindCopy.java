package dev.ringshard.status;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A shard that has not the newest version of a reference table: some process has died while it carried that on, or the shard was
 * down.
 *
 * @param table as it is declared
 * @param version that it has; 0 for none
 * @param newest that some shard has
 */
public record BehindCopy(String table, String shard, long version, long newest) {

    /**
     * Those of all reference tables.
     *
     * @param tables as they are declared
     * @param versions of the shards that answer, by the shards' names, of tables, by their schemas, a dot, and their names
     */
    public static List<BehindCopy> among(Collection<String> tables, Map<String, Map<String, Long>> versions) {
        List<BehindCopy> behind = new ArrayList<>();
        for (String table : tables) {
            long newest = versions.values().stream()
                    .mapToLong(ofShard -> version(table, ofShard))
                    .max()
                    .orElse(0);
            versions.forEach((shard, ofShard) -> {
                long version = version(table, ofShard);
                if (version < newest) {
                    behind.add(new BehindCopy(table, shard, version, newest));
                }
            });
        }
        return behind;
    }

    private static long version(String table, Map<String, Long> ofShard) {
        return ofShard.entrySet().stream()
                .filter(stored ->
                        ("." + stored.getKey()).toLowerCase(Locale.ROOT).endsWith("." + table))
                .mapToLong(Map.Entry::getValue)
                .max()
                .orElse(0);
    }

    /** What is so, and what to do. */
    public String sentence() {
        return "Reference table %s is at version %d of %d on %s; recover brings it to the newest."
                .formatted(table, version, newest, shard);
    }
}
