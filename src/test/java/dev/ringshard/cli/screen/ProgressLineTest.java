package dev.ringshard.cli.screen;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What is told while something takes its time, with a clock that is set by hand. */
class ProgressLineTest {
    private final StringWriter err = new StringWriter();
    private final AtomicLong now = new AtomicLong();

    private Terminal terminal(boolean isInteractive, boolean bars) {
        return new Terminal(
                new PrintWriter(new StringWriter()),
                new PrintWriter(err),
                new ByteArrayOutputStream(),
                new ScreenStyle(false, bars),
                isInteractive,
                "ringshard",
                now::get);
    }

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }

    @Test
    void what_is_piped_gets_a_line_every_two_seconds() {
        ProgressLine progress = new ProgressLine(terminal(false, false), "moving");
        progress.tell(1, "rows", 0.1);
        pass(Duration.ofSeconds(2));
        progress.tell(500, "rows", 0.25);
        progress.tell(501, "rows", 0.26);
        progress.finish();

        assertThat(err.toString().lines()).containsExactly("moving: 500 rows, 25 %, 250/s, 6.0 s left");
    }

    @Test
    void on_a_terminal_the_line_fits_into_80_columns_and_is_gone_afterwards() {
        ProgressLine progress = new ProgressLine(terminal(true, true), "moving");
        pass(Duration.ofSeconds(100));
        progress.tell(1_234_567, "rows", 0.5, "waits: shard eu-1 has a transaction that is open for long");
        String line = err.toString().replace("\r", "");
        progress.finish();

        assertThat(line)
                .startsWith("██████████░░░░░░░░░░ moving: 1,234,567 rows, 50 %")
                .endsWith("…");
        assertThat(ScreenText.width(line)).isEqualTo(79);
        assertThat(err.toString()).endsWith("\r" + " ".repeat(79) + "\r");
    }

    @Test
    void a_terminal_that_cannot_draw_bars_gets_none() {
        ProgressLine progress = new ProgressLine(terminal(true, false), "moving");
        pass(Duration.ofSeconds(2));
        progress.tell(500, "rows", 0.25);

        assertThat(err.toString()).isEqualTo("\rmoving: 500 rows, 25 %, 250/s, 6.0 s left");
    }

    @Test
    void as_long_as_nothing_is_done_nobody_knows_how_long_it_takes() {
        ProgressLine progress = new ProgressLine(terminal(true, false), "moving");
        pass(Duration.ofSeconds(2));
        progress.tell(0, "rows", 0.01);

        assertThat(err.toString()).isEqualTo("\rmoving: 0 rows, 1 %, 0/s, unknown time left");
    }

    @Test
    void work_of_unknown_length_says_that_it_goes_on() throws InterruptedException {
        CountDownLatch told = new CountDownLatch(1);
        PrintWriter watched = new PrintWriter(err) {
            @Override
            public void println(String line) {
                super.println(line);
                told.countDown();
            }
        };
        Terminal terminal = new Terminal(
                new PrintWriter(new StringWriter()),
                watched,
                new ByteArrayOutputStream(),
                ScreenStyle.PLAIN,
                false,
                "ringshard",
                now::get);

        String result = ElapsedTimeLine.during(terminal, "counting what would move", () -> {
            pass(Duration.ofSeconds(3));
            awaitUnchecked(told);
            return "counted";
        });

        assertThat(result).isEqualTo("counted");
        assertThat(err.toString().lines()).containsExactly("counting what would move: 3.0 s so far");
    }

    private static void awaitUnchecked(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    @Test
    void work_that_is_soon_done_says_nothing() {
        assertThat(ElapsedTimeLine.<String>during(terminal(false, false), "counting", () -> "counted"))
                .isEqualTo("counted");
        assertThat(err.toString()).isEmpty();
    }
}
