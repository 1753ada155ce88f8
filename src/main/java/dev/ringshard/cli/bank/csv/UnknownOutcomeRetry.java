package dev.ringshard.cli.bank.csv;

import dev.ringshard.failure.ContentionException;
import dev.ringshard.failure.NoOwnerException;
import dev.ringshard.failure.OutcomeUnknownException;
import dev.ringshard.failure.ShardUnavailableException;
import dev.ringshard.internal.shard.Sleeper;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * Finds out what became of a write whose answer was lost, by repeating it: for writes that carry an operation id or
 * otherwise do nothing the second time.
 */
record UnknownOutcomeRetry(Sleeper sleeper) {
    private static final int MOST_ATTEMPTS = 7;
    private static final Duration FIRST_WAIT = Duration.ofMillis(100);

    /**
     * The write's answer, after repeating it for about six seconds if need be.
     *
     * @throws OutcomeUnknownException if no repetition was answered, either
     */
    <T> T settled(Supplier<T> write) {
        OutcomeUnknownException unknown;
        try {
            return write.get();
        } catch (OutcomeUnknownException noAnswer) {
            unknown = noAnswer;
        }
        Duration wait = FIRST_WAIT;
        for (int attempt = 2; attempt <= MOST_ATTEMPTS; attempt++, wait = wait.multipliedBy(2)) {
            pause(wait, unknown);
            try {
                return write.get();
            } catch (OutcomeUnknownException
                    | ShardUnavailableException
                    | ContentionException
                    | NoOwnerException stillUnknown) {
                unknown.addSuppressed(stillUnknown);
            }
        }
        throw unknown;
    }

    private void pause(Duration wait, OutcomeUnknownException unknown) {
        try {
            sleeper.sleep(wait);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw unknown;
        }
    }
}
