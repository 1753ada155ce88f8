package dev.ringshard.cli.screen;

import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** The progress line of work whose extent is unknown: the time that it has taken so far. */
public final class ElapsedTimeLine {
    private static final long TICK_MILLIS = 100;

    private ElapsedTimeLine() {}

    /** Does the work, and shows the elapsed time meanwhile, as often as {@link ProgressLine} does. */
    public static <T> T during(Terminal terminal, String activity, Supplier<T> work) {
        ProgressLine progress = new ProgressLine(terminal, activity);
        ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "ringshard-waiting");
            thread.setDaemon(true);
            return thread;
        });
        Future<?> ticks = clock.scheduleWithFixedDelay(
                () -> progress.tell(Numbers.time(progress.elapsed()) + " so far"),
                TICK_MILLIS,
                TICK_MILLIS,
                TimeUnit.MILLISECONDS);
        try {
            return work.get();
        } finally {
            ticks.cancel(false);
            clock.shutdown();
            progress.finish();
        }
    }
}
