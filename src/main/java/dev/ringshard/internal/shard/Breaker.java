package dev.ringshard.internal.shard;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Keeps callers from waiting for a shard that does not answer: after three failures among the last five attempts to
 * reach it, it refuses at once for two seconds, then lets one through to see.
 */
final class Breaker {
    private static final int WATCHED_ATTEMPTS = 5;
    private static final int FAILURES = 3;
    private static final Duration REST = Duration.ofSeconds(2);

    private final CircuitBreaker breaker;

    Breaker(String shard) {
        breaker = CircuitBreaker.of(
                shard,
                CircuitBreakerConfig.custom()
                        .slidingWindowType(SlidingWindowType.COUNT_BASED)
                        .slidingWindowSize(WATCHED_ATTEMPTS)
                        .minimumNumberOfCalls(FAILURES)
                        .failureRateThreshold(100f * FAILURES / WATCHED_ATTEMPTS)
                        .waitDurationInOpenState(REST)
                        .permittedNumberOfCallsInHalfOpenState(1)
                        .build());
    }

    /** Asks to reach the shard; must be followed by {@link #reached()}, {@link #failed} or {@link #notTried()}. */
    boolean permits() {
        try {
            breaker.acquirePermission();
            return true;
        } catch (CallNotPermittedException open) {
            return false;
        }
    }

    void reached() {
        breaker.onSuccess(0, TimeUnit.NANOSECONDS);
    }

    void failed(Throwable failure) {
        breaker.onError(0, TimeUnit.NANOSECONDS, failure);
    }

    void notTried() {
        breaker.releasePermission();
    }

    /** {@code CLOSED}, {@code OPEN} or {@code HALF_OPEN}. */
    String state() {
        return breaker.getState().name();
    }
}
