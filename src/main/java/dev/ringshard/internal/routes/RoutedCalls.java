package dev.ringshard.internal.routes;

import dev.ringshard.event.Events;
import dev.ringshard.event.Repetition;
import dev.ringshard.event.RingshardListener;
import dev.ringshard.failure.ContentionException;
import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.failure.NoOwnerException;
import dev.ringshard.failure.NoOwnerException.Refusal;
import dev.ringshard.failure.RingshardException;
import dev.ringshard.internal.shard.Retry;
import dev.ringshard.internal.shard.Shard;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Calls on the owner of tokens: finds it, runs the call, and on a refusal learns where the tokens are now and repeats it; what
 * the database is known to have undone is repeated as well, for as long as the patience lasts. Thread-safe.
 */
public final class RoutedCalls {
    private final RouteTable table;
    private final Retry retry;
    private final Events events;

    /** Calls by what a process knows of owners. */
    public RoutedCalls(RouteTable table, Duration patience, Events events) {
        this(table, Retry.within(patience), events);
    }

    private RoutedCalls(RouteTable table, Retry retry, Events events) {
        this.table = table;
        this.retry = retry;
        this.events = events;
    }

    /** The same with another patience. */
    public RoutedCalls within(Duration patience) {
        return new RoutedCalls(table, Retry.within(patience), events);
    }

    /** Work that fences itself on the shard that probably owns the tokens of a call. */
    @FunctionalInterface
    public interface OwnerCall<T extends @Nullable Object> {
        /** Does the work, or throws {@link NoOwnerException} before it has done anything. */
        T on(Shard owner);
    }

    /** The loop: find the owner, run; on a refusal learn where the tokens are now, and repeat. */
    public <T extends @Nullable Object> T run(List<Long> tokens, OwnerCall<T> call) {
        Retry.Attempts attempts = retry.begin();
        while (true) {
            try {
                return call.on(table.commonOwner(tokens));
            } catch (NoOwnerException refused) {
                requireNoStrayRow(refused, tokens);
                repeat(attempts, refused, tokens);
            } catch (RingshardException failure) {
                repeat(attempts, failure, tokens);
            }
        }
    }

    private void repeat(Retry.Attempts attempts, RingshardException failure, List<Long> tokens) {
        try {
            attempts.requireRepeatable(failure);
        } catch (NoOwnerException notFound) {
            throw table.explained(notFound, tokens);
        }
        if (events.isHeard()) {
            tellRepetition(tokens.get(0), failure);
        }
        if (failure instanceof NoOwnerException elsewhere) {
            table.learn(elsewhere);
        }
        attempts.pause(failure);
    }

    private void tellRepetition(long token, RingshardException failure) {
        if (failure instanceof NoOwnerException elsewhere) {
            Optional<Refusal> refusal = elsewhere.refusal();
            events.repeats(
                    refusal.isPresent() ? Repetition.STALE_ROUTE : Repetition.NO_OWNER,
                    refusal.map(Refusal::shard).orElse(RingshardListener.NO_SHARD));
        } else {
            events.repeats(
                    failure instanceof ContentionException ? Repetition.CONTENTION : Repetition.CONNECTION_LOST,
                    knownOwner(token));
        }
    }

    /** After a call that was done, the shard that did it, unless the token has moved on already. */
    public String knownOwner(long token) {
        Shard owner = table.current().owner(token);
        return owner == null ? RingshardListener.NO_SHARD : owner.name();
    }

    /** A trigger may have refused a row of another token than those that the call is for: looking elsewhere would not help. */
    private static void requireNoStrayRow(NoOwnerException refused, List<Long> tokens) {
        refused.refusal()
                .filter(refusal -> refusal.token() != null && !tokens.contains(refusal.token()))
                .ifPresent(stray -> {
                    throw strayRow(stray.shard(), refused);
                });
    }

    /** Past the fence, a refusal is not a range that moved: the work wrote a row of a key that it had not named. */
    public static InvalidInputException strayRow(String shard, Throwable failure) {
        return new InvalidInputException("""
                The work wrote a row whose token belongs to none of its keys, and %s does not own it. It was \
                rolled back; nothing was written. See that the row has the key, or its token, that was meant, and name all keys when \
                a transaction begins.""".formatted(shard), failure);
    }
}
