package dev.ringshard.cli;

import dev.ringshard.Ringshard;
import dev.ringshard.cli.screen.ReportJson;
import dev.ringshard.failure.RingshardException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A shard that has not the newest version of a reference table; some process has died while it carried that on, or the shard was down. */
record BehindCopy(String table, String shard, long version, long newest) {

    /** Those of all reference tables, of the shards that answer. */
    static List<BehindCopy> of(Ringshard cluster, List<String> tables) {
        return tables.stream()
                .flatMap(table -> of(table, versions(cluster, table)))
                .toList();
    }

    private static Stream<BehindCopy> of(String table, Map<String, Long> versions) {
        long newest = versions.isEmpty() ? 0 : Collections.max(versions.values());
        return versions.entrySet().stream()
                .filter(shard -> shard.getValue() < newest)
                .map(shard -> new BehindCopy(table, shard.getKey(), shard.getValue(), newest));
    }

    /** A cluster that is not founded yet, or does not answer, may not tell. */
    private static Map<String, Long> versions(Ringshard cluster, String table) {
        try {
            return cluster.reference(table).versions();
        } catch (RingshardException untold) {
            return Map.of();
        }
    }

    String sentence() {
        return "Reference table %s is at version %d of %d on %s; recover brings it to the newest."
                .formatted(table, version, newest, shard);
    }

    Map<String, ?> json() {
        return ReportJson.fields()
                .with("table", table)
                .with("shard", shard)
                .with("version", version)
                .with("newest", newest);
    }
}
