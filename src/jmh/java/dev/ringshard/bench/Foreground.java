package dev.ringshard.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/** Callers who go on with a mix while something else happens, in windows of the same length. For one thread. */
final class Foreground {
    private final BenchThreads threads;
    private final Contender side;
    private final int customers;
    private final Duration window;
    private final Map<String, List<Measurement>> phases = new LinkedHashMap<>();
    private long numbers;

    Foreground(BenchThreads threads, Contender side, int customers, Duration window) {
        this.threads = threads;
        this.side = side;
        this.customers = customers;
        this.window = window;
    }

    void warmUp(int windows) {
        for (int i = 0; i < windows; i++) {
            sample();
        }
    }

    void watch(String phase, int windows) {
        List<Measurement> samples = phases.computeIfAbsent(phase, name -> new ArrayList<>());
        for (int i = 0; i < windows; i++) {
            samples.add(sample());
        }
    }

    void watchWhile(String phase, BooleanSupplier isOn) {
        do {
            watch(phase, 1);
        } while (isOn.getAsBoolean());
    }

    private Measurement sample() {
        long from = numbers++;
        return threads.work(window, random -> {
            if (random.nextInt(100) < Mix.MOSTLY_READS.readPercent()) {
                side.read(random.nextInt(customers));
            } else {
                side.deposit(random.nextInt(customers), "f" + from + "-" + random.nextLong(Long.MAX_VALUE));
            }
        });
    }

    private static double rate(List<Measurement> samples) {
        return Figures.median(samples.stream().map(Measurement::perSecond).toList());
    }

    List<List<String>> rows() {
        double before = rate(phases.getOrDefault("before", List.of()));
        List<List<String>> rows = new ArrayList<>();
        phases.forEach((phase, samples) -> {
            Histogram all = Measurement.newHistogram();
            samples.forEach(sample -> all.add(sample.latencies()));
            rows.add(List.of(
                    phase,
                    Format.rate(rate(samples), "operations"),
                    String.format(Locale.ROOT, "**%.0f %%**", 100 * rate(samples) / before),
                    Format.millis(Duration.ofNanos(all.getValueAtPercentile(99))),
                    Format.millis(Duration.ofNanos(all.getValueAtPercentile(99.9)))));
        });
        return rows;
    }

    String title() {
        return "Foreground before, during and after a rebalance, operations a second in windows of %d ms"
                .formatted(window.toMillis());
    }

    /** A step for each window; those of the rebalance in another colour. */
    String picture() {
        double highest = phases.values().stream()
                .flatMap(List::stream)
                .mapToDouble(Measurement::perSecond)
                .max()
                .orElse(1);
        int windows = phases.values().stream().mapToInt(List::size).sum();
        StringBuilder svg = new StringBuilder("""
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 760 260" font-family="sans-serif" font-size="12">
                <rect width="760" height="260" fill="#ffffff"/>
                <text x="10" y="20" fill="#111111">%s</text>
                """.formatted(title()));
        int number = 0;
        for (Map.Entry<String, List<Measurement>> phase : phases.entrySet()) {
            String colour = phase.getKey().equals("during") ? "#c2410c" : "#0f766e";
            svg.append(String.format(
                    Locale.ROOT,
                    "<text x=\"%.1f\" y=\"250\" fill=\"%s\">%s</text>%n",
                    x(number, windows), colour, phase.getKey()));
            for (Measurement sample : phase.getValue()) {
                double height = 180 * sample.perSecond() / highest;
                svg.append(String.format(
                        Locale.ROOT,
                        "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"/>%n",
                        x(number, windows), 230 - height, 680.0 / windows - 1, height, colour));
                number++;
            }
        }
        Stream.of(0.0, 0.5, 1.0)
                .forEach(part -> svg.append(String.format(
                        Locale.ROOT,
                        "<text x=\"55\" y=\"%.1f\" text-anchor=\"end\" fill=\"#444444\">%,.0f</text>%n",
                        234 - 180 * part, highest * part)));
        return svg.append("</svg>\n").toString();
    }

    private static double x(int number, int windows) {
        return 62 + 680.0 * number / windows;
    }
}
