package dev.ringshard.internal.ownership;

import dev.ringshard.config.ShardedTable;
import dev.ringshard.internal.shard.ShardTransaction;
import dev.ringshard.ring.TokenRange;
import dev.ringshard.ring.TokenSet;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Finds rows of a shard whose tokens it does not own, and that no handover has staged or left behind. The fence keeps such rows
 * away; they were there before it, or came past it. They may be all that there is of them, and a handover to this shard would put
 * its copy in their place.
 */
public final class StrayRows {
    private StrayRows() {}

    /** A sentence for each table that has some; by the tables' indexes on tokens. */
    public static List<String> find(ShardTransaction shard, List<ShardedTable> tables) {
        return find(shard, tables, unownedRanges(shard, List.of(TokenRange.ALL)));
    }

    /** The part of some ranges that the shard does not own, and in which no handover has staged or left rows. */
    public static List<TokenRange> unownedRanges(ShardTransaction shard, List<TokenRange> ranges) {
        ShardRanges known = ShardRanges.of(shard.dsl());
        return TokenSet.of(ranges)
                .minus(known.hiddenTokens())
                .minus(known.ownedTokens())
                .ranges();
    }

    /**
     * A sentence for each table that has rows in some ranges in which there should be none. The first of each range is asked for, which
     * an index gives, whatever the database believes of how tokens are spread.
     */
    public static List<String> find(ShardTransaction shard, List<ShardedTable> tables, List<TokenRange> unowned) {
        List<String> found = new ArrayList<>();
        for (ShardedTable table : unowned.isEmpty() ? List.<ShardedTable>of() : tables) {
            String token = shard.shard().dialect().token(table);
            String first = unowned.stream()
                    .map(range ->
                            "(SELECT %1$s AS token FROM %2$s WHERE %1$s BETWEEN %3$d AND %4$d ORDER BY %1$s LIMIT 1)"
                                    .formatted(token, table.name(), range.first(), range.last()))
                    .collect(Collectors.joining(" UNION ALL "));
            shard.dsl()
                    .fetchOptional("SELECT token FROM (%s) found LIMIT 1".formatted(first))
                    .ifPresent(row -> found.add(
                            "%s has rows of keys that this shard does not own, such as one of token %d: they were there before its fence, or came past it, and a move to here would put its copy in their place. Bring them to the shards that own them (locate), or delete them here."
                                    .formatted(table.name(), row.get(0, Long.class))));
        }
        return found;
    }
}
