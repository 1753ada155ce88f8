package dev.ringshard.internal.tables;

import dev.ringshard.config.ShardedTable;
import dev.ringshard.internal.ownership.HeldRanges;
import dev.ringshard.internal.shard.Dialect;
import dev.ringshard.internal.shard.ShardTransaction;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jooq.impl.DSL;

/** Finds rows that refer by a foreign key to a row of another token: a move would part the two. */
public final class CrossingForeignKeys {
    private CrossingForeignKeys() {}

    /**
     * A sentence for each foreign key between sharded tables that such a row of this shard has. One that holds the key of both
     * tables cannot have any, and costs nothing; the rows of others are joined.
     */
    public static List<String> find(ShardTransaction shard, List<ShardedTable> tables) throws SQLException {
        List<String> found = new ArrayList<>();
        HeldRanges held = HeldRanges.in(shard);
        for (ForeignKey reference : Catalog.of(shard).foreignKeys(tables)) {
            if (!holdsTheKey(shard.shard().dialect(), reference)
                    && shard.dsl()
                            .fetchOptional(crossing(shard, held, reference))
                            .isPresent()) {
                found.add(
                        "rows of %s refer by %s to rows of %s with another key: a move would part them. Verify names them; correct them, or drop that foreign key."
                                .formatted(
                                        reference.child().name(),
                                        reference.name(),
                                        reference.parent().orElseThrow().name()));
            }
        }
        return found;
    }

    private static boolean holdsTheKey(Dialect dialect, ForeignKey reference) {
        return reference.columns().stream()
                .anyMatch(pair -> isKey(dialect, reference.child(), pair.child())
                        && isKey(dialect, reference.parent().orElseThrow(), pair.parent()));
    }

    private static boolean isKey(Dialect dialect, ShardedTable table, String column) {
        return table.key().filter(key -> dialect.folded(key).equals(column)).isPresent();
    }

    private static String crossing(ShardTransaction shard, HeldRanges held, ForeignKey reference) {
        Dialect dialect = shard.shard().dialect();
        String childToken = dialect.token(reference.child(), "child.");
        String parentToken = dialect.token(reference.parent().orElseThrow(), "parent.");
        return "SELECT 1 FROM %s child JOIN %s parent ON %s WHERE %s AND %s <> %s LIMIT 1"
                .formatted(
                        reference.child().name(),
                        reference.parentInSql(),
                        reference.each(" AND ", "child.%1$s = parent.%2$s"),
                        shard.dsl().renderInlined(held.visible(DSL.field(childToken, Long.class))),
                        childToken,
                        parentToken);
    }
}
