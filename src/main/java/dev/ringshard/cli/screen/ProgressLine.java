package dev.ringshard.cli.screen;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How far a long piece of work has come: done, rate, time left. On a terminal one line that is written over, otherwise a
 * plain line every two seconds. Thread-safe.
 */
public final class ProgressLine {
    private static final String UNKNOWN = "unknown time";

    /** What would take longer has hardly begun, and nobody knows. */
    private static final Duration LONGEST = Duration.ofDays(30);

    private static final Duration WATCHED = Duration.ofMillis(100);
    private static final Duration PLAIN = Duration.ofSeconds(2);
    private static final int BAR_WIDTH = 20;

    /** A line that wraps cannot be written over; narrower terminals are rare. */
    private static final int WIDEST = 79;

    private final Terminal terminal;
    private final String activity;
    private final long start;
    private final long interval;
    private final AtomicLong nextAt;
    private int widest;
    private boolean isFinished;

    /** Begins now. */
    public ProgressLine(Terminal terminal, String activity) {
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
    public void tell(long done, String unit, double fraction) {
        tell(done, unit, fraction, "");
    }

    /** As {@link #tell(long, String, double)}, with a remark behind it; empty for none. */
    public void tell(long done, String unit, double fraction, String remark) {
        if (isDue()) {
            print(bar(Math.min(1, fraction)), line(done, unit, Math.min(1, fraction), elapsed(), remark));
        }
    }

    /** As {@link #tell(long, String, double)}, where the whole is unknown. */
    public void tell(String howFar) {
        if (isDue()) {
            print("", activity + ": " + howFar);
        }
    }

    private boolean isDue() {
        long now = terminal.nanoTime().getAsLong();
        long due = nextAt.get();
        return now - due >= 0 && nextAt.compareAndSet(due, now + interval);
    }

    /** Since it began. */
    public Duration elapsed() {
        return Duration.ofNanos(terminal.nanoTime().getAsLong() - start);
    }

    /** Leaves a clean line behind, and tells nothing any more. */
    public synchronized void finish() {
        isFinished = true;
        if (widest > 0) {
            terminal.err().print("\r" + " ".repeat(widest) + "\r");
            terminal.err().flush();
            widest = 0;
        }
    }

    private String line(long done, String unit, double fraction, Duration elapsed, String remark) {
        return "%s: %s %s, %d %%, %s, %s left%s"
                .formatted(
                        activity,
                        Numbers.count(done),
                        unit,
                        Math.round(100 * fraction),
                        Numbers.rate(done, elapsed),
                        done == 0 ? UNKNOWN : left(fraction, elapsed),
                        remark.isEmpty() ? "" : "; " + remark);
    }

    private synchronized void print(String bar, String line) {
        if (isFinished) {
            return;
        }
        if (terminal.isInteractive()) {
            String whole = ScreenText.cut(bar + line, WIDEST);
            terminal.err().print("\r" + ScreenText.padded(whole, widest, false));
            widest = Math.max(widest, ScreenText.width(whole));
        } else {
            terminal.err().println(line);
        }
        terminal.err().flush();
    }

    /** With a blank behind it; empty if it cannot be drawn. */
    private String bar(double fraction) {
        if (!terminal.style().bars()) {
            return "";
        }
        int full = (int) Math.round(BAR_WIDTH * fraction);
        return "█".repeat(full) + "░".repeat(BAR_WIDTH - full) + " ";
    }

    private static String left(double fraction, Duration elapsed) {
        double nanos = elapsed.toNanos() * (1 - fraction) / fraction;
        return fraction <= 0 || nanos > LONGEST.toNanos()
                ? UNKNOWN
                : Numbers.time(Duration.ofNanos((long) Math.max(0, nanos)));
    }
}
