package dev.ringshard.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Groups of horizontal bars, as SVG. For one thread. */
final class BarChart {
    private static final List<String> COLOURS = List.of("#0f766e", "#94a3b8", "#c2410c", "#6d28d9");
    private static final int LEFT = 170;
    private static final int WIDTH = 760;
    private static final int BAR = 16;

    private final String title;
    private final List<String> series;
    private final List<Group> groups = new ArrayList<>();

    private record Group(String name, List<Double> values) {}

    /** @param series what each bar of a group is of */
    BarChart(String title, List<String> series) {
        this.title = title;
        this.series = series;
    }

    BarChart group(String name, List<Double> values) {
        groups.add(new Group(name, values));
        return this;
    }

    String svg() {
        double longest = groups.stream()
                .flatMap(group -> group.values.stream())
                .mapToDouble(Double::doubleValue)
                .max()
                .orElse(1);
        StringBuilder svg = new StringBuilder();
        int y = 58;
        for (Group group : groups) {
            text(svg, LEFT - 10, y + BAR * group.values.size() / 2 + 4, "end", "#111111", group.name);
            for (int bar = 0; bar < group.values.size(); bar++) {
                bar(svg, y, bar, group.values.get(bar), longest);
                y += BAR;
            }
            y += 12;
        }
        return """
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %1$d %2$d" font-family="sans-serif" font-size="12">
                <rect width="%1$d" height="%2$d" fill="#ffffff"/>
                %3$s</svg>
                """.formatted(WIDTH, y, head() + svg);
    }

    private String head() {
        StringBuilder head = new StringBuilder();
        text(head, 10, 20, "start", "#111111", title);
        int x = LEFT;
        for (int one = 0; one < series.size(); one++) {
            text(head, x, 42, "start", COLOURS.get(one), "■ " + series.get(one));
            x += 30 + 8 * series.get(one).length();
        }
        return head.toString();
    }

    private static void bar(StringBuilder svg, int y, int number, double value, double longest) {
        double width = Math.max(1, (WIDTH - LEFT - 90) * value / longest);
        svg.append(String.format(
                Locale.ROOT,
                "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>%n",
                LEFT, y, width, BAR - 2, COLOURS.get(number)));
        text(svg, (int) Math.round(LEFT + width) + 5, y + 11, "start", "#444444", number(value));
    }

    static String number(double value) {
        return value >= 100
                ? String.format(Locale.ROOT, "%,.0f", value)
                : String.format(Locale.ROOT, "%.2f", value);
    }

    private static void text(StringBuilder svg, int x, int y, String anchor, String colour, String text) {
        svg.append("<text x=\"%d\" y=\"%d\" text-anchor=\"%s\" fill=\"%s\">%s</text>\n"
                .formatted(x, y, anchor, colour, text));
    }
}
