package dev.ringshard.status;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How many rows of a sharded table there are.
 *
 * @param table its name, as it is configured
 * @param isExact whether they were counted; otherwise the number comes from the database's statistics, which lag behind and
 *     know nothing of what handovers have staged or left behind
 */
public record TableRows(String table, long rows, boolean isExact) {

    /** The sums by table, in the order in which the tables first appear. */
    public static List<TableRows> sums(Stream<TableRows> parts) {
        Map<String, TableRows> sums = new LinkedHashMap<>();
        parts.forEach(part -> sums.merge(part.table, part, TableRows::plus));
        return List.copyOf(sums.values());
    }

    /** The sum over all tables, exact if each is; its table is {@code rows}. Empty of no tables. */
    public static Optional<TableRows> total(List<TableRows> tables) {
        return tables.stream()
                .map(each -> new TableRows("rows", each.rows, each.isExact))
                .reduce(TableRows::plus);
    }

    private TableRows plus(TableRows other) {
        return new TableRows(table, rows + other.rows, isExact && other.isExact);
    }

    /** The same number, which counts as an estimate. */
    public TableRows estimated() {
        return new TableRows(table, rows, false);
    }
}
