package dev.ringshard.metrics;

import dev.ringshard.event.Operation;
import dev.ringshard.event.Outcome;
import dev.ringshard.event.Repetition;
import dev.ringshard.event.RingshardListener;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Calls and repetitions of one shard, or of all. Immutable but for what its meters count; thread-safe. */
final class OperationMeters {
    private final Map<Operation, Map<Outcome, Timer>> timers = new EnumMap<>(Operation.class);
    private final Map<Repetition, Counter> repetitions = new EnumMap<>(Repetition.class);

    OperationMeters(MeterRegistry registry, String shard, Set<Operation> operations) {
        for (Operation operation : operations) {
            if (concerns(operation, shard)) {
                Map<Outcome, Timer> byOutcome = new EnumMap<>(Outcome.class);
                for (Outcome outcome : Outcome.values()) {
                    byOutcome.put(outcome, timer(registry, shard, operation, outcome));
                }
                timers.put(operation, byOutcome);
            }
        }
        for (Repetition reason : Repetition.values()) {
            repetitions.put(reason, counter(registry, shard, reason));
        }
    }

    private static boolean concerns(Operation operation, String shard) {
        return (operation == Operation.SCATTER) == shard.equals(RingshardListener.ALL_SHARDS)
                && !(operation == Operation.LOOK && shard.equals(RingshardListener.NO_SHARD));
    }

    private static Timer timer(MeterRegistry registry, String shard, Operation operation, Outcome outcome) {
        return Timer.builder(Names.OPERATIONS)
                .description("Calls of this process, with all waits and repetitions")
                .tags(Names.SHARD, shard, "kind", Names.tag(operation), "outcome", Names.tag(outcome))
                .register(registry);
    }

    private static Counter counter(MeterRegistry registry, String shard, Repetition reason) {
        if (reason == Repetition.STALE_ROUTE) {
            return Counter.builder(Names.STALE_ROUTES)
                    .description(
                            "Calls that a shard refused because it does not own the key, and that were routed again")
                    .tag(Names.SHARD, shard)
                    .register(registry);
        }
        return Counter.builder(Names.RETRIES)
                .description("Attempts that had no effect and were repeated")
                .tags(Names.SHARD, shard, "reason", Names.tag(reason))
                .register(registry);
    }

    void ended(Operation operation, Outcome outcome, long nanos) {
        Map<Outcome, Timer> byOutcome = timers.get(operation);
        if (byOutcome != null) {
            Objects.requireNonNull(byOutcome.get(outcome)).record(nanos, TimeUnit.NANOSECONDS);
        }
    }

    void repeats(Repetition reason) {
        Objects.requireNonNull(repetitions.get(reason)).increment();
    }
}
