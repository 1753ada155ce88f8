package dev.ringshard.internal.cluster;

import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardedTable;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.ShardTransaction;
import dev.ringshard.ring.KeyHash;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/** Pinned keys that no row has: most likely they are misspelt. */
public final class UnusedPins {
    private UnusedPins() {}

    /**
     * A sentence for each, in order; none if nothing is pinned. Looks for the keys' tokens in the sharded tables, by their indexes.
     *
     * @param members all shards that take part
     */
    public static List<String> remarks(RingshardConfig config, Collection<Shard> members) {
        KeyHash hash = config.ring().hash();
        Set<String> keys = config.ring().pins().shards().keySet();
        Set<Long> unused = keys.stream().map(hash::token).collect(Collectors.toSet());
        for (Shard member : members) {
            if (!unused.isEmpty()) {
                unused.removeAll(Objects.requireNonNull(
                        member.snapshot(looking -> stored(looking, config.countedTables(), unused))));
            }
        }
        return keys.stream()
                .filter(key -> unused.contains(hash.token(key)))
                .sorted()
                .map(key -> "No row has the key \"%s\", which is pinned: see that it is spelt as it is stored."
                        .formatted(key))
                .toList();
    }

    /** Those of the tokens that rows have. */
    private static Set<Long> stored(ShardTransaction looking, List<ShardedTable> tables, Set<Long> tokens)
            throws SQLException {
        Set<Long> stored = new HashSet<>();
        for (ShardedTable table : tables) {
            String sql = "SELECT 1 FROM %s WHERE %s = ? FETCH FIRST 1 ROWS ONLY"
                    .formatted(table.name(), looking.shard().dialect().token(table));
            try (PreparedStatement find = looking.connection().prepareStatement(sql)) {
                for (Long token : tokens) {
                    find.setLong(1, token);
                    try (ResultSet row = find.executeQuery()) {
                        if (row.next()) {
                            stored.add(token);
                        }
                    }
                }
            }
        }
        return stored;
    }
}
