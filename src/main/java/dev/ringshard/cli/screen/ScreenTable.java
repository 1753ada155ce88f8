package dev.ringshard.cli.screen;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Rows under headings, each column as wide as it needs to be. For one thread. */
public final class ScreenTable {
    private static final String INDENT = "  ";
    private static final String GAP = "  ";

    private final List<Column> columns = new ArrayList<>();
    private final List<List<String>> rows = new ArrayList<>();

    private record Column(String heading, boolean toTheRight) {}

    /** A column of text. */
    public ScreenTable left(String heading) {
        columns.add(new Column(heading, false));
        return this;
    }

    /** A column of numbers. */
    public ScreenTable right(String heading) {
        columns.add(new Column(heading, true));
        return this;
    }

    /** One cell for each column. */
    public ScreenTable row(String... cells) {
        if (cells.length != columns.size()) {
            throw new IllegalArgumentException(cells.length + " cells for " + columns.size() + " columns");
        }
        rows.add(List.of(cells));
        return this;
    }

    /** The lines, none of them with blanks at its end; the headings' line is left out if all are empty. */
    public List<String> lines(ScreenStyle style) {
        List<String> lines = new ArrayList<>();
        List<String> headings = columns.stream().map(Column::heading).toList();
        int[] widths = IntStream.range(0, columns.size()).map(this::width).toArray();
        if (headings.stream().anyMatch(heading -> !heading.isEmpty())) {
            lines.add(style.faint(line(headings, widths)));
        }
        rows.forEach(row -> lines.add(line(row, widths)));
        return lines;
    }

    private String line(List<String> cells, int[] widths) {
        StringBuilder line = new StringBuilder(INDENT);
        for (int i = 0; i < cells.size(); i++) {
            if (widths[i] == 0) {
                continue; // bars, where none are drawn
            }
            line.append(line.length() == INDENT.length() ? "" : GAP)
                    .append(ScreenText.padded(
                            cells.get(i), widths[i], columns.get(i).toTheRight()));
        }
        return line.toString().stripTrailing();
    }

    private int width(int column) {
        int heading = ScreenText.width(columns.get(column).heading());
        return Math.max(
                heading,
                rows.stream()
                        .mapToInt(row -> ScreenText.width(row.get(column)))
                        .max()
                        .orElse(0));
    }
}
