package dev.ringshard.metrics;

import dev.ringshard.event.PendingMessages;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** Messages between keys, by topic; those of a topic are there from when it is first heard of. Thread-safe. */
final class OutboxMeters {
    private final MeterRegistry registry;
    private final Map<Sending, PendingMessages> pending = new ConcurrentHashMap<>();

    private record Sending(String shard, String topic) {}

    OutboxMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    /** What this process brings to its end is counted from zero on. */
    void delivers(String topic) {
        counter(topic, true);
        counter(topic, false);
    }

    void delivered(String topic, boolean isAccepted) {
        counter(topic, isAccepted).increment();
    }

    private Counter counter(String topic, boolean isAccepted) {
        return Counter.builder(Names.OUTBOX_DELIVERED)
                .description(
                        "Messages that this process has brought to their end: accepted, or refused and so told to their sender")
                .baseUnit("messages")
                .tags(Names.TOPIC, topic, "outcome", isAccepted ? "accepted" : "refused")
                .register(registry);
    }

    void pending(String shard, PendingMessages messages) {
        Sending sending = new Sending(shard, messages.topic());
        if (pending.put(sending, messages) == null) {
            gauge(
                    sending,
                    Names.OUTBOX_PENDING,
                    "Messages that are not known to have arrived, also dead ones",
                    "messages",
                    PendingMessages::messages);
            gauge(
                    sending,
                    Names.OUTBOX_DEAD,
                    "Messages whose handler has failed too often",
                    "messages",
                    PendingMessages::dead);
            gauge(
                    sending,
                    Names.OUTBOX_OLDEST,
                    "How long ago the first message was sent that is not known to have arrived",
                    "seconds",
                    one -> one.oldest().toMillis() / 1e3);
            if (messages.amount().isPresent()) {
                gauge(
                        sending,
                        Names.OUTBOX_AMOUNT,
                        "Sum over the messages that are not known to have arrived, of what Outbox.addUp reads from each",
                        null,
                        one -> one.amount().orElseThrow().doubleValue());
            }
        }
    }

    private void gauge(
            Sending sending,
            String name,
            String description,
            @Nullable String unit,
            ToDoubleFunction<PendingMessages> figure) {
        Gauge.builder(name, () -> {
                    PendingMessages last = pending.get(sending);
                    return last == null ? Double.NaN : figure.applyAsDouble(last);
                })
                .description(description)
                .baseUnit(unit)
                .tags(Names.SHARD, sending.shard, Names.TOPIC, sending.topic)
                .register(registry);
    }

    /** Its meters are removed with all others of the shard. */
    void left(String shard) {
        pending.keySet().removeIf(sending -> sending.shard.equals(shard));
    }
}
