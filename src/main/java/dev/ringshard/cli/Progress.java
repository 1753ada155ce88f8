package dev.ringshard.cli;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How far a long piece of work has come: done, rate, time left. On a terminal one line that is written over, otherwise a
 * plain line every two seconds. Thread-safe.
 */
final class Progress {
    private static final Duration WATCHED = Duration.ofMillis(100);
    private static final Duration PLAIN = Duration.ofSeconds(2);
    private static final int BAR_WIDTH = 20;

    private final Terminal terminal;
    private final String activity;
    private final long start;
    private final long interval;
    private final AtomicLong nextAt;
    private int widest;

    /** Begins now. */
    Progress(Terminal terminal, String activity) {
        this.terminal = terminal;
        this.activity = activity;
        this.start = terminal.nanoTime().getAsLong();
        this.interval = (terminal.isInteractive() ? WATCHED : PLAIN).toNanos();
        this.nextAt = new AtomicLong(start + interval);
    }

    /**
     * Tells how far it is, if that was not told a moment ago.
     *
     * @param done how many pieces, in the words {@code unit}
     * @param fraction of the whole, 0 to 1
     */
    void tell(long done, String unit, double fraction) {
        tell(done, unit, fraction, "");
    }

    /** As {@link #tell(long, String, double)}, with something to say besides; empty for nothing. */
    void tell(long done, String unit, double fraction, String remark) {
        long now = terminal.nanoTime().getAsLong();
        long due = nextAt.get();
        if (now - due >= 0 && nextAt.compareAndSet(due, now + interval)) {
            print(done, unit, Math.min(1, fraction), Duration.ofNanos(now - start), remark);
        }
    }

    /** Since it began. */
    Duration elapsed() {
        return Duration.ofNanos(terminal.nanoTime().getAsLong() - start);
    }

    /** Leaves a clean line behind. */
    synchronized void finish() {
        if (widest > 0) {
            terminal.err().print("\r" + " ".repeat(widest) + "\r");
            terminal.err().flush();
            widest = 0;
        }
    }

    private synchronized void print(long done, String unit, double fraction, Duration elapsed, String remark) {
        String line = "%s: %s %s, %d %%, %s, %s left%s"
                .formatted(
                        activity,
                        Numbers.count(done),
                        unit,
                        Math.round(100 * fraction),
                        Numbers.rate(done, elapsed),
                        left(fraction, elapsed),
                        remark.isEmpty() ? "" : "; " + remark);
        if (terminal.isInteractive()) {
            String whole = bar(fraction) + " " + line;
            terminal.err().print("\r" + Texts.padded(whole, widest, false));
            widest = Math.max(widest, Texts.width(whole));
        } else {
            terminal.err().println(line);
        }
        terminal.err().flush();
    }

    private static String bar(double fraction) {
        int full = (int) Math.round(BAR_WIDTH * fraction);
        return "█".repeat(full) + "░".repeat(BAR_WIDTH - full);
    }

    private static String left(double fraction, Duration elapsed) {
        return fraction <= 0
                ? "unknown time"
                : Numbers.time(Duration.ofNanos((long) (elapsed.toNanos() * (1 - fraction) / fraction)));
    }
}
