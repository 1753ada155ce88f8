package dev.ringshard.cli;

import dev.ringshard.cli.screen.NextStep;
import dev.ringshard.cli.screen.Numbers;
import dev.ringshard.cli.screen.Report;
import dev.ringshard.cli.screen.ReportJson;
import dev.ringshard.cli.screen.ScreenStyle;
import dev.ringshard.cli.screen.ScreenTable;
import dev.ringshard.cli.screen.ScreenText;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a query gave, each row with its shard in front.
 *
 * @param hasMore whether there were more rows than were read
 * @param whole the command that prints all of them
 */
record SqlReport(SqlColumns columns, List<Row> rows, boolean hasMore, NextStep next, String whole) implements Report {
    private static final int WIDEST = 40;
    private static final String NULL = "–";

    /** One row; null where the database has none. */
    record Row(String shard, List<@Nullable Object> values) {
        Row {
            values = Collections.unmodifiableList(new ArrayList<>(values));
        }
    }

    @Override
    public List<String> lines(ScreenStyle style) {
        List<String> lines = new ArrayList<>();
        if (rows.isEmpty()) {
            lines.add("No rows.");
        } else {
            lines.addAll(table().lines(style));
            lines.add("");
            lines.add(
                    hasMore
                            ? "The first %s; there are more.".formatted(Numbers.count(rows.size(), "row", "rows"))
                            : "%s from %s."
                                    .formatted(
                                            Numbers.count(rows.size(), "row", "rows"),
                                            Numbers.count(shards(), "shard", "shards")));
        }
        lines.add("Next: " + (hasMore ? whole : next.command("status")));
        return lines;
    }

    private long shards() {
        return rows.stream().map(Row::shard).distinct().count();
    }

    private ScreenTable table() {
        ScreenTable table = new ScreenTable().left("shard");
        for (SqlColumns.Column column : columns.columns()) {
            if (column.isNumber()) {
                table.right(cell(column.label()));
            } else {
                table.left(cell(column.label()));
            }
        }
        for (Row row : rows) {
            List<String> cells = new ArrayList<>(List.of(row.shard()));
            row.values().forEach(value -> cells.add(cell(value)));
            table.row(cells.toArray(String[]::new));
        }
        return table;
    }

    private static String cell(@Nullable Object value) {
        return value == null ? NULL : ScreenText.cut(ScreenText.printable(String.valueOf(value)), WIDEST);
    }

    @Override
    public Map<String, ?> json() {
        return ReportJson.fields()
                .with(
                        "columns",
                        columns.columns().stream().map(SqlColumns.Column::label).toList())
                .with("rows", rows.stream().map(SqlReport::json).toList())
                .with("more", hasMore);
    }

    private static Map<String, ?> json(Row row) {
        return ReportJson.fields().with("shard", row.shard()).with("values", row.values());
    }
}
