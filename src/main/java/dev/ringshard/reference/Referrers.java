package dev.ringshard.reference;

import dev.ringshard.config.ShardedTable;
import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.internal.tables.Catalog;
import dev.ringshard.internal.tables.ForeignKey;
import dev.ringshard.scatter.ScatterGather;
import dev.ringshard.scatter.ShardPart;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Rows of sharded tables that refer to rows of a reference table. A foreign key alone would not find one that moves from a shard to
 * another meanwhile: PostgreSQL checks none of rows that move.
 *
 * @param key the columns of the reference table's primary key, in lower case
 */
record Referrers(String table, List<String> key, List<ShardedTable> sharded) {
    private static final int KEYS_AT_ONCE = 200;

    /**
     * Requires that there are none, on all shards.
     *
     * @param keys as texts
     * @throws InvalidInputException if there are
     */
    void requireNone(ScatterGather scatter, List<List<String>> keys) {
        scatter.gather(part -> find(part, keys))
                .parts()
                .forEach((shard, found) -> found.ifPresent(reference -> {
                    throw new InvalidInputException(
                            "Rows of the reference table %s cannot be deleted, because rows of %s on shard %s refer to them by %s. Nothing was changed on any shard. Let those refer to other rows first."
                                    .formatted(table, reference.child().name(), shard, reference.name()));
                }));
    }

    private Optional<ForeignKey> find(ShardPart part, List<List<String>> keys) throws SQLException {
        Catalog catalog = Catalog.of(part.dsl(), part.connection());
        for (ForeignKey reference : catalog.allForeignKeys(sharded)) {
            if (reference.referred().equals(catalog.name(table)) && refers(part, reference, keys)) {
                return Optional.of(reference);
            }
        }
        return Optional.empty();
    }

    private boolean refers(ShardPart part, ForeignKey reference, List<List<String>> keys) throws SQLException {
        List<Integer> places = new ArrayList<>();
        reference.columns().forEach(pair -> places.add(key.indexOf(pair.parent().toLowerCase(Locale.ROOT))));
        String isOne = "(" + reference.each(" AND ", "CAST(%1$s AS varchar) = ?") + ")";
        String rows = "SELECT 1 FROM %s WHERE %s AND (%%s) FETCH FIRST ROW ONLY"
                .formatted(reference.child().name(), part.dsl().renderInlined(part.visible(reference.child())));
        for (int from = 0; from < keys.size(); from += KEYS_AT_ONCE) {
            List<List<String>> some = keys.subList(from, Math.min(from + KEYS_AT_ONCE, keys.size()));
            String sql = rows.formatted(String.join(" OR ", Collections.nCopies(some.size(), isOne)));
            try (PreparedStatement statement = part.connection().prepareStatement(sql)) {
                int number = 0;
                for (List<String> each : some) {
                    for (int place : places) {
                        statement.setString(++number, each.get(place));
                    }
                }
                try (ResultSet found = statement.executeQuery()) {
                    if (found.next()) {
                        return true;
                    }
                }
            }
        }
        return false;
    }
}
