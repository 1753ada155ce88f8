package dev.ringshard.verify;

import dev.ringshard.config.ShardedTable;
import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.internal.config.NearestName;
import dev.ringshard.internal.shard.CodePoints;
import dev.ringshard.internal.shard.Dialect;
import dev.ringshard.internal.tables.Catalog;
import dev.ringshard.scatter.ShardPart;
import dev.ringshard.scatter.Snapshots;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import org.jooq.impl.DSL;

/**
 * Looks for values of a column that rows of more than one shard have: reads the values of all shards in one order, side by side, in
 * constant memory. Databases sort for it. Rows that are on their way are read once, where they are served. For one thread.
 */
final class SharedValueSearch {
    private static final int FETCH_SIZE = 5000;

    private final ShardedTable table;
    private final UniqueColumn column;
    private final FindingCounter<SharedValue> found;

    /**
     * @param tables all sharded tables
     * @throws InvalidInputException if the table is not one of them
     */
    SharedValueSearch(List<ShardedTable> tables, UniqueColumn column, int examples) {
        this.column = column;
        this.table = tables.stream()
                .filter(each -> each.name().equals(column.table()))
                .findFirst()
                .orElseThrow(() -> unknown(column.table(), tables));
        this.found = new FindingCounter<>(examples);
    }

    private static InvalidInputException unknown(String table, List<ShardedTable> tables) {
        List<String> names = tables.stream().map(ShardedTable::name).toList();
        return new InvalidInputException(
                "%s is not a sharded table of the configuration%s Nothing was read. There are: %s."
                        .formatted(
                                table,
                                NearestName.to(table, names)
                                        .map(": did you mean '%s'?"::formatted)
                                        .orElse("."),
                                String.join(", ", names)));
    }

    private record ValueOnShard(String value, String shard) {}

    /** @throws InvalidInputException if the table has no such column */
    SharedValues find(Snapshots snapshots) {
        snapshots.gather(this::requireColumn);
        Iterator<ValueOnShard> values = snapshots
                .merged(this::inOrder, Comparator.comparing(ValueOnShard::value, CodePoints::compare))
                .iterator();
        String value = "";
        List<String> shards = new ArrayList<>();
        while (values.hasNext()) {
            ValueOnShard next = values.next();
            if (!next.value.equals(value)) {
                tell(value, shards);
                value = next.value;
                shards.clear();
            }
            shards.add(next.shard);
        }
        tell(value, shards);
        return new SharedValues(column, found.found());
    }

    private void tell(String value, List<String> shards) {
        if (shards.size() > 1) {
            found.add(() -> new SharedValue(value, shards));
        }
    }

    private boolean requireColumn(ShardPart part) throws SQLException {
        Catalog catalog = Catalog.of(part.dsl(), part.connection());
        if (!catalog.hasColumn(catalog.name(table), column.column())) {
            throw new InvalidInputException("%s has no column %s on shard %s. Nothing was read. Correct its name."
                    .formatted(table.name(), column.column(), part.shard()));
        }
        return true;
    }

    private Iterator<ValueOnShard> inOrder(ShardPart part) {
        Dialect dialect = Dialect.of(part.dsl());
        String order = part.dsl().renderInlined(part.codePointOrder(DSL.field("held_value", String.class)));
        String sql =
                "SELECT held_value FROM (SELECT DISTINCT %s AS held_value FROM %s WHERE %s IS NOT NULL AND %s) held_values ORDER BY %s"
                        .formatted(
                                dialect.keyText(column.column()),
                                table.name(),
                                column.column(),
                                part.dsl().renderInlined(part.visible(table)),
                                order);
        return part.iterate(
                part.dsl().resultQuery(sql).fetchSize(FETCH_SIZE),
                row -> new ValueOnShard(row.getString(1), part.shard()));
    }
}
