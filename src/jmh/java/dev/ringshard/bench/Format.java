package dev.ringshard.bench;

import java.time.Duration;
import java.util.Locale;

/** Numbers as the tables show them. */
final class Format {
    private Format() {}

    static String millis(Duration time) {
        return String.format(Locale.ROOT, "%.2f ms", time.toNanos() / 1e6);
    }

    static String rate(double perSecond, String unit) {
        return String.format(Locale.ROOT, "%,.0f %s/s", perSecond, unit);
    }

    static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    static String ratio(double ratio) {
        return String.format(Locale.ROOT, "%.2f", ratio);
    }
}
