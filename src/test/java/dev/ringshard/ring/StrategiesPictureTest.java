package dev.ringshard.ring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * The picture of the two strategies in decisions.md is what they do: a cluster grows from 2 shards to 64, one at a time. With
 * {@code -Dringshard.picture=write} it is drawn anew.
 */
class StrategiesPictureTest {
    private static final Path PICTURE = Path.of("src/docs/strategies.svg");
    private static final int FIRST = 2;
    private static final int LAST = 64;
    private static final int CLUSTERS = 5;
    private static final int VIRTUAL_NODES = 128;

    /** What each of these is for every number of shards. */
    private record Growth(List<Double> peak, List<Double> ranges) {}

    @Test
    void the_picture_shows_what_the_strategies_do() throws IOException {
        Growth vnodes = growth("vnodes");
        Growth balanced = growth("balanced");
        String drawn = picture(vnodes, balanced);
        if ("write".equals(System.getProperty("ringshard.picture"))) {
            Files.createDirectories(PICTURE.getParent());
            Files.writeString(PICTURE, drawn);
        }

        assertThat(Files.readString(PICTURE)).isEqualTo(drawn);
        assertThat(balanced.peak()).allMatch(peak -> peak <= 1.05);
        assertThat(vnodes.peak().get(LAST - FIRST)).isGreaterThan(1.15);
        assertThat(balanced.ranges()).allMatch(ranges -> ranges <= 28);
    }

    /** The median over clusters that differ in their shards' names. */
    private static Growth growth(String strategy) {
        List<List<Double>> peaks = new ArrayList<>();
        List<List<Double>> ranges = new ArrayList<>();
        for (int cluster = 0; cluster < CLUSTERS; cluster++) {
            List<Double> peak = new ArrayList<>();
            List<Double> most = new ArrayList<>();
            TokenMap<String> actual = TokenMap.of(List.of());
            for (int shards = FIRST; shards <= LAST; shards++) {
                actual = RingStrategies.named(strategy)
                        .target(actual, KeyHashes.MD5, VIRTUAL_NODES, members("c" + cluster + "-", shards));
                double highest = actual.shares().values().stream()
                        .mapToDouble(Double::doubleValue)
                        .max()
                        .orElseThrow();
                peak.add(highest * shards);
                most.add(mostRanges(actual));
            }
            peaks.add(peak);
            ranges.add(most);
        }
        return new Growth(medians(peaks), medians(ranges));
    }

    private static List<Member> members(String prefix, int shards) {
        return IntStream.range(0, shards)
                .mapToObj(i -> new Member(prefix + i, 1))
                .toList();
    }

    private static double mostRanges(TokenMap<String> owners) {
        return owners.entries().stream()
                .collect(Collectors.groupingBy(TokenMap.Entry::value, Collectors.counting()))
                .values()
                .stream()
                .mapToLong(Long::longValue)
                .max()
                .orElseThrow();
    }

    private static List<Double> medians(List<List<Double>> runs) {
        return IntStream.range(0, runs.get(0).size())
                .mapToObj(i ->
                        runs.stream().map(run -> run.get(i)).sorted().toList().get(runs.size() / 2))
                .toList();
    }

    private static String picture(Growth vnodes, Growth balanced) {
        StringBuilder svg = new StringBuilder();
        svg.append("""
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 760 300" font-family="sans-serif" font-size="12">
                <rect width="760" height="300" fill="#ffffff"/>
                """);
        chart(
                svg,
                50,
                "The fullest shard, against its fair share",
                1.0,
                1.3,
                0.05,
                "%.2f",
                vnodes.peak(),
                balanced.peak());
        chart(svg, 430, "Most ranges of a shard", 0, 140, 20, "%.0f", vnodes.ranges(), balanced.ranges());
        return svg.append("</svg>\n").toString();
    }

    private static void chart(
            StringBuilder svg,
            int left,
            String title,
            double low,
            double high,
            double step,
            String format,
            List<Double> vnodes,
            List<Double> balanced) {
        text(svg, left, 22, "#111111", title);
        for (double tick = low; tick <= high + 1e-9; tick += step) {
            double y = y(tick, low, high);
            svg.append(line("<path d=\"M%d %.1f H%d\" stroke=\"#dddddd\"/>", left, y, left + 280));
            svg.append(line(
                    "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\" fill=\"#444444\">%s</text>",
                    left - 6, y + 4, String.format(Locale.ROOT, format, tick)));
        }
        for (int shards : new int[] {2, 16, 32, 48, 64}) {
            svg.append(line(
                    "<text x=\"%.1f\" y=\"262\" text-anchor=\"middle\" fill=\"#444444\">%d</text>",
                    x(left, shards), shards));
        }
        text(svg, left + 115, 282, "#444444", "shards");
        curve(svg, left, low, high, vnodes, "#c2410c", "vnodes, 128 each");
        curve(svg, left, low, high, balanced, "#0f766e", "balanced");
    }

    private static void curve(
            StringBuilder svg, int left, double low, double high, List<Double> values, String colour, String name) {
        StringBuilder points = new StringBuilder();
        for (int i = 0; i < values.size(); i++) {
            points.append(String.format(
                    Locale.ROOT, "%s%.1f %.1f", i == 0 ? "M" : " L", x(left, FIRST + i), y(values.get(i), low, high)));
        }
        svg.append(line("<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>", points, colour));
        double end = y(values.get(values.size() - 1), low, high);
        text(svg, left + 170, (int) Math.round(end) - 10, colour, name);
    }

    private static void text(StringBuilder svg, int x, int y, String colour, String text) {
        svg.append(line("<text x=\"%d\" y=\"%d\" fill=\"%s\">%s</text>", x, y, colour, text));
    }

    private static String line(String format, Object... values) {
        return String.format(Locale.ROOT, format, values) + "\n";
    }

    private static double x(int left, int shards) {
        return left + 280.0 * (shards - FIRST) / (LAST - FIRST);
    }

    private static double y(double value, double low, double high) {
        return 245 - 205 * (value - low) / (high - low);
    }
}
