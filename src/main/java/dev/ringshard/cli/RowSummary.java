package dev.ringshard.cli;

import dev.ringshard.cli.screen.Numbers;
import dev.ringshard.cli.screen.ReportJson;
import dev.ringshard.status.TableRows;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Rows by table, in a line for people and as a list for programs. */
final class RowSummary {
    private static final int MOST_NAMED = 3;

    private RowSummary() {}

    /** Such as {@code 1,230 tenants, about 9,000,000 orders}; with the first few tables only. */
    static String text(List<TableRows> tables) {
        String named = tables.stream().limit(MOST_NAMED).map(RowSummary::text).collect(Collectors.joining(", "));
        int others = tables.size() - MOST_NAMED;
        return others <= 0
                ? named
                : "%s, and more in %s".formatted(named, Numbers.count(others, "other table", "other tables"));
    }

    private static String text(TableRows table) {
        return "%s %s".formatted(number(table), table.table());
    }

    /** Such as {@code 1,230} or {@code about 9,000,000}. */
    static String number(TableRows table) {
        return (table.isExact() ? "" : "about ") + Numbers.count(table.rows());
    }

    /** The rows of all tables together, as {@link #number}; empty where there are no tables. */
    static Optional<String> total(List<TableRows> tables) {
        return TableRows.total(tables).map(RowSummary::number);
    }

    static List<Map<String, ?>> json(List<TableRows> tables) {
        return tables.stream()
                .<Map<String, ?>>map(table -> ReportJson.fields()
                        .with("table", table.table())
                        .with("rows", table.rows())
                        .with("exact", table.isExact()))
                .toList();
    }
}
