package dev.ringshard.ring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * The picture of the strategies in decisions.md is what they do: a cluster grows from 2 shards to 64, one at a time, with keys that are
 * alike and with keys whose rows are as Zipf says. With {@code -Dringshard.picture=write} it is drawn anew.
 */
class StrategiesPictureTest {
    private static final Path PICTURE = Path.of("src/docs/strategies.svg");
    private static final int FIRST = 2;
    private static final int LAST = 64;
    private static final int CLUSTERS = 5;
    private static final int VIRTUAL_NODES = 128;

    private static final int SKEWED_KEYS = 2_000;
    private static final double ZIPF = 0.7;

    /** What each of these is for every number of shards. */
    private record Growth(List<Double> peak, List<Double> ranges) {}

    @Test
    void the_picture_shows_what_the_strategies_do() throws IOException {
        Growth vnodes = growth("vnodes");
        Growth balanced = growth("balanced");
        List<Double> vnodesSkewed = skewed("vnodes");
        List<Double> balancedSkewed = skewed("balanced");
        List<Double> bySizeSkewed = skewed("by-size");
        String drawn = picture(vnodes, balanced, List.of(vnodesSkewed, balancedSkewed, bySizeSkewed, heaviestKey()));
        if ("write".equals(System.getProperty("ringshard.picture"))) {
            Files.createDirectories(PICTURE.getParent());
            Files.writeString(PICTURE, drawn);
        }

        assertThat(Files.readString(PICTURE)).isEqualTo(drawn);
        assertThat(balanced.peak()).allMatch(peak -> peak <= 1.05);
        assertThat(vnodes.peak().get(LAST - FIRST)).isGreaterThan(1.15);
        assertThat(balanced.ranges()).allMatch(ranges -> ranges <= 28);
        for (int i = 0; i <= LAST - FIRST; i++) {
            assertThat(bySizeSkewed.get(i))
                    .isLessThanOrEqualTo(Math.max(1.10, 1.05 * heaviestKey().get(i)));
        }
        assertThat(balancedSkewed).anyMatch(peak -> peak > 1.5);
    }

    private static double rows(int rank) {
        return Math.round(100_000 / Math.pow(rank, ZIPF));
    }

    private static double allRows() {
        return IntStream.rangeClosed(1, SKEWED_KEYS)
                .mapToDouble(StrategiesPictureTest::rows)
                .sum();
    }

    /** Of a fair share. */
    private static List<Double> heaviestKey() {
        return IntStream.rangeClosed(FIRST, LAST)
                .mapToObj(shards -> rows(1) * shards / allRows())
                .toList();
    }

    /** The rows of the fullest shard by its fair share, where keys have rows as Zipf says. */
    private static List<Double> skewed(String strategy) {
        NavigableMap<Long, Double> keys = new TreeMap<>();
        for (int rank = 1; rank <= SKEWED_KEYS; rank++) {
            keys.put(KeyHashes.MD5.token("tenant-" + rank), rows(rank));
        }
        RingStrategy chosen = RingStrategies.named(strategy);
        List<Double> peaks = new ArrayList<>();
        TokenMap<String> actual =
                chosen.target(TokenMap.of(List.of()), KeyHashes.MD5, VIRTUAL_NODES, members("c-", FIRST));
        for (int shards = FIRST; shards <= LAST; shards++) {
            actual = chosen.target(actual, KeyHashes.MD5, VIRTUAL_NODES, members("c-", shards), cells(keys, actual));
            long most = cells(keys, actual).by(actual).values().stream()
                    .mapToLong(held -> held)
                    .max()
                    .orElseThrow();
            peaks.add(most * shards / allRows());
        }
        return peaks;
    }

    /** As they are measured: in what each shard owns, a cell for each key. */
    private static TokenRows cells(NavigableMap<Long, Double> keys, TokenMap<String> owners) {
        TokenMap.Builder<Long> cells = TokenMap.builder();
        for (TokenMap.Entry<String> owned : owners.entries()) {
            long next = owned.range().first();
            long last = owned.range().last();
            for (Map.Entry<Long, Double> key :
                    keys.subMap(next, true, last, true).entrySet()) {
                cells.put(new TokenRange(next, key.getKey()), Math.round(key.getValue()));
                next = key.getKey() + 1;
            }
            if (next <= last && !keys.containsKey(last)) {
                cells.put(new TokenRange(next, last), 0L);
            }
        }
        return TokenRows.of(cells.build());
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

    private static String picture(Growth vnodes, Growth balanced, List<List<Double>> skewed) {
        StringBuilder svg = new StringBuilder();
        svg.append("""
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 760 590" font-family="sans-serif" font-size="12">
                <rect width="760" height="590" fill="#ffffff"/>
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
        svg.append("<g transform=\"translate(0,290)\">\n");
        frame(svg, 50, "Rows of the fullest shard, against its fair share", 1.0, 2.5, 0.25, "%.2f");
        List<String> colours = List.of("#c2410c", "#0f766e", "#1d4ed8", "#9ca3af");
        for (int i = 0; i < colours.size(); i++) {
            curve(svg, 50, 1.0, 2.5, skewed.get(i), colours.get(i), "");
        }
        text(svg, 430, 60, "#444444", "2,000 keys, whose rows fall with their rank");
        text(svg, 430, 78, "#444444", "to the power of 0.7, as Zipf says:");
        text(svg, 430, 108, colours.get(0), "vnodes, 128 each");
        text(svg, 430, 130, colours.get(1), "balanced");
        text(svg, 430, 152, colours.get(2), "by-size");
        text(svg, 430, 174, "#6b7280", "the heaviest key alone");
        return svg.append("</g>\n</svg>\n").toString();
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
        frame(svg, left, title, low, high, step, format);
        curve(svg, left, low, high, vnodes, "#c2410c", "vnodes, 128 each");
        curve(svg, left, low, high, balanced, "#0f766e", "balanced");
    }

    private static void frame(
            StringBuilder svg, int left, String title, double low, double high, double step, String format) {
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
    }

    private static void curve(
            StringBuilder svg, int left, double low, double high, List<Double> values, String colour, String name) {
        StringBuilder points = new StringBuilder();
        for (int i = 0; i < values.size(); i++) {
            double value = Math.max(low, Math.min(high, values.get(i)));
            points.append(String.format(
                    Locale.ROOT, "%s%.1f %.1f", i == 0 ? "M" : " L", x(left, FIRST + i), y(value, low, high)));
        }
        svg.append(line("<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>", points, colour));
        double end = y(Math.min(high, values.get(values.size() - 1)), low, high);
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
