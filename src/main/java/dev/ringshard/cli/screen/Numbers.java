package dev.ringshard.cli.screen;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Locale;

/** Numbers, amounts and times as screens show them, the same on every machine. */
public final class Numbers {
    private static final String UNITS = "kMGTPE";

    private Numbers() {}

    /** Such as {@code 49,102}. */
    public static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** Such as {@code 1 row}, {@code 2,000 rows}. */
    public static String count(long number, String one, String many) {
        return count(number) + " " + (number == 1 ? one : many);
    }

    /** Such as {@code 39,246,142.80}. */
    public static String money(BigDecimal amount) {
        return String.format(Locale.ROOT, "%,.2f", amount);
    }

    /** Such as {@code 25.6 %}. */
    public static String percent(double fraction) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * fraction);
    }

    /** Such as {@code 1,612/s}; a dash where nothing can be said yet. */
    public static String rate(long done, Duration time) {
        double seconds = time.toNanos() / 1e9;
        return seconds <= 0 ? "–/s" : count(Math.round(done / seconds)) + "/s";
    }

    /** Such as {@code 4.2 s} or {@code 3 min 05 s}. */
    public static String time(Duration time) {
        if (time.compareTo(Duration.ofMinutes(1)) < 0) {
            return String.format(Locale.ROOT, "%.1f s", time.toMillis() / 1000.0);
        }
        return time.toHours() > 0
                ? String.format(Locale.ROOT, "%d h %02d min", time.toHours(), time.toMinutesPart())
                : String.format(Locale.ROOT, "%d min %02d s", time.toMinutes(), time.toSecondsPart());
    }

    /** Such as {@code 7.4 ms}. */
    public static String millis(Duration time) {
        return String.format(Locale.ROOT, "%,.1f ms", time.toNanos() / 1e6);
    }

    /** Such as {@code 12.3 MB}, in powers of 1,000. */
    public static String bytes(long bytes) {
        if (bytes < 1_000) {
            return bytes + " B";
        }
        double amount = bytes;
        int unit = -1;
        while (amount >= 999.95 && unit < UNITS.length() - 1) {
            amount /= 1_000;
            unit++;
        }
        return String.format(Locale.ROOT, "%.1f %sB", amount, UNITS.charAt(unit));
    }

    /** Such as {@code 2} or {@code 0.5}. */
    public static String plain(double number) {
        return new BigDecimal(String.valueOf(number)).stripTrailingZeros().toPlainString();
    }

    /** Milliseconds to the microsecond, for programs. */
    public static double exactMillis(Duration time) {
        return Math.floor(time.toNanos() / 1e3) / 1e3;
    }

    /** Seconds to the millisecond, for programs. */
    public static double seconds(Duration time) {
        return time.toMillis() / 1e3;
    }
}
