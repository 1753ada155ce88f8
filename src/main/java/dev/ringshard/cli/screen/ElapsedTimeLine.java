package dev.ringshard.cli.screen;

import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Work of which nobody can say how far it is: only that it goes on, and for how long. */
public final class ElapsedTimeLine {
    private static final long TICK_MILLIS = 100;

    private ElapsedTimeLine() {}

    /** Does it, and meanwhile tells that it goes on, as {@link ProgressLine} does. */
    public static <T> T on(Terminal terminal, String activity, Supplier<T> work) {
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
