package dev.ringshard.verify;

import dev.ringshard.config.ShardedTable;
import dev.ringshard.internal.shard.Dialect;
import dev.ringshard.internal.tables.Catalog;
import dev.ringshard.internal.tables.ForeignKey;
import dev.ringshard.scatter.ShardPart;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jooq.impl.DSL;

/**
 * Checks the foreign keys of the sharded tables of one shard, in its snapshot: a row must have the token of the row that it
 * refers to, or the two are parted when one of them moves; and what it refers to must be there, also in a table that is not
 * sharded, as no foreign key is checked of rows that move. The database joins; only what is wrong is read. For one thread.
 */
final class ForeignKeyCheck {
    private final ShardPart part;
    private final Dialect dialect;
    private final FindingCounter<BrokenForeignKey> found;

    /** @param examples how many to keep */
    ForeignKeyCheck(ShardPart part, int examples) {
        this.part = part;
        this.dialect = Dialect.of(part.dsl());
        this.found = new FindingCounter<>(examples);
    }

    Occurrences<BrokenForeignKey> check(List<ShardedTable> tables) throws SQLException {
        for (ForeignKey reference : Catalog.of(part.dsl(), part.connection()).allForeignKeys(tables)) {
            part.scan(broken(reference), row -> tell(reference, row));
        }
        return found.found();
    }

    /** Query for owned child rows whose parent is missing or has another token; staged and departed rows are left out. */
    private String broken(ForeignKey reference) {
        String childToken = dialect.token(reference.child(), "child.");
        Optional<String> parentToken = reference.parent().map(parent -> dialect.token(parent, "parent."));
        return """
                SELECT %s, %s, %s FROM %s child LEFT JOIN %s parent ON %s
                WHERE %s AND %s AND (%s)""".formatted(
                        reference
                                .child()
                                .key()
                                .map(key -> dialect.keyText("child." + key))
                                .orElse("CAST(NULL AS VARCHAR(1))"),
                        childToken,
                        parentToken.orElse("CAST(NULL AS BIGINT)"),
                        reference.child().name(),
                        reference.parentInSql(),
                        reference.each(" AND ", "child.%1$s = parent.%2$s"),
                        part.dsl().renderInlined(part.visible(DSL.field(childToken, Long.class))),
                        reference.each(" AND ", "child.%1$s IS NOT NULL"),
                        reference.each(" OR ", "parent.%2$s IS NULL")
                                + parentToken
                                        .map(token -> " OR %s <> %s".formatted(childToken, token))
                                        .orElse(""));
    }

    private void tell(ForeignKey reference, ResultSet row) throws SQLException {
        Optional<String> key = Optional.ofNullable(row.getString(1));
        long token = row.getLong(2);
        long parentToken = row.getLong(3);
        OptionalLong parent = row.wasNull() ? OptionalLong.empty() : OptionalLong.of(parentToken);
        found.add(() -> new BrokenForeignKey(
                part.shard(),
                reference.child().name(),
                reference.name(),
                reference.parent().map(ShardedTable::name).orElseGet(reference.referred()::toString),
                key,
                token,
                parent));
    }
}
