package dev.ringshard.internal.tables;

import dev.ringshard.config.ShardedTable;
import dev.ringshard.failure.ForeignShardException;
import dev.ringshard.internal.ownership.HeldRanges;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.ShardTransaction;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jooq.impl.DSL;

/**
 * Rows of tables that are not sharded, such as countries, to which rows of sharded tables refer. They do not move, so each shard
 * must have them by itself; and PostgreSQL checks no foreign key of rows that move.
 */
public final class UnshardedParents {
    private static final int FETCHED_AT_ONCE = 1000;

    private UnshardedParents() {}

    /**
     * Requires that what rows of one shard refer to in such tables is on another shard, too. Reads those tables on both.
     *
     * @throws ForeignShardException if not, with each foreign key that would break; nothing was moved
     */
    public static void requireThere(Shard source, Shard target, List<ShardedTable> tables) {
        List<String> problems = source.snapshot(reading -> {
            HeldRanges held = HeldRanges.in(reading);
            List<String> found = new ArrayList<>();
            for (ForeignKey reference : unsharded(reading, tables)) {
                Set<List<String>> missing = texts(reading, referredTo(reading, held, reference), reference);
                if (!missing.isEmpty()) {
                    missing.removeAll(target.<Set<List<String>>>snapshot(there -> texts(
                            there,
                            "SELECT %s FROM %s parent".formatted(columns(reference), reference.parentInSql()),
                            reference)));
                }
                if (!missing.isEmpty()) {
                    found.add(
                            "%2$s, which is not sharded, lacks %1$d of its rows on %3$s, and rows of %4$s refer to such by %5$s: put them there, or shard that table, too, or drop the foreign key."
                                    .formatted(
                                            missing.size(),
                                            reference.referred(),
                                            target.name(),
                                            reference.child().name(),
                                            reference.name()));
                }
            }
            return found;
        });
        if (!problems.isEmpty()) {
            throw ForeignShardException.ofTables(
                    "Rows cannot move from shard %s to %s. Nothing was moved.%s"
                            .formatted(source.name(), target.name(), SchemaComparison.listed(problems)),
                    null);
        }
    }

    private static List<ForeignKey> unsharded(ShardTransaction reading, List<ShardedTable> tables) throws SQLException {
        return Catalog.of(reading).allForeignKeys(tables).stream()
                .filter(reference -> reference.parent().isEmpty())
                .toList();
    }

    /** Only what is there: a row that refers to nothing does so wherever it is. */
    private static String referredTo(ShardTransaction reading, HeldRanges held, ForeignKey reference) {
        String token = reading.shard().dialect().token(reference.child(), "child.");
        return "SELECT %s FROM %s parent WHERE EXISTS (SELECT 1 FROM %s child WHERE %s AND %s)"
                .formatted(
                        columns(reference),
                        reference.parentInSql(),
                        reference.child().name(),
                        reference.each(" AND ", "child.%1$s = parent.%2$s"),
                        reading.dsl().renderInlined(held.visible(DSL.field(token, Long.class))));
    }

    private static String columns(ForeignKey reference) {
        return reference.each(", ", "CAST(parent.%2$s AS varchar)");
    }

    private static Set<List<String>> texts(ShardTransaction reading, String query, ForeignKey reference)
            throws SQLException {
        Set<List<String>> texts = new HashSet<>();
        reading.shard()
                .dialect()
                .transactions()
                .limitStatements(reading.connection(), Duration.ZERO); // it reads whole tables
        try (PreparedStatement statement = reading.connection().prepareStatement(query)) {
            statement.setFetchSize(FETCHED_AT_ONCE);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    List<String> row = new ArrayList<>();
                    for (int i = 1; i <= reference.columns().size(); i++) {
                        row.add(String.valueOf(rows.getString(i)));
                    }
                    texts.add(row);
                }
            }
        }
        return texts;
    }
}
