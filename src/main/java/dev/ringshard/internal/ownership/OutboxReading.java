package dev.ringshard.internal.ownership;

import static dev.ringshard.generated.ringshard.Tables.OUTBOX;
import static org.jooq.impl.DSL.count;
import static org.jooq.impl.DSL.currentOffsetDateTime;
import static org.jooq.impl.DSL.min;
import static org.jooq.impl.DSL.sum;
import static org.jooq.impl.DSL.when;

import dev.ringshard.event.PendingMessages;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Table;

/**
 * What is on its way from the keys of one shard, for who watches: figures by topic. Reads {@code ringshard.outbox} alone, and of that
 * no more than {@value #MOST} messages.
 *
 * @param topics that are named also while nothing is on its way
 * @param amounts what a message carries, by its payload, for each topic for which that is added up
 */
public record OutboxReading(Set<String> topics, Map<String, Function<String, BigDecimal>> amounts) {
    /** Where more are on their way, figures stop there; something is wrong long before. */
    private static final int MOST = 10_000;

    public OutboxReading {
        topics = Set.copyOf(topics);
        amounts = Map.copyOf(amounts);
    }

    /** Whether any message is on its way, also of keys that the shard does not own. */
    static boolean isPending(DSLContext dsl) {
        return dsl.fetchExists(OUTBOX);
    }

    /**
     * Reads in the caller's snapshot.
     *
     * @param visible leaves out rows that are on the shard but not its own
     */
    public List<PendingMessages> of(DSLContext dsl, Function<Field<Long>, Condition> visible) {
        Condition own = visible.apply(OUTBOX.TOKEN);
        Map<String, PendingMessages> found = new LinkedHashMap<>();
        topics.forEach(topic -> found.put(topic, new PendingMessages(topic, 0, 0, Duration.ZERO, nothing(topic))));
        Table<?> first = dsl.select(OUTBOX.TOPIC, OUTBOX.IS_DEAD, OUTBOX.SENT_AT)
                .from(OUTBOX)
                .where(own)
                .limit(MOST)
                .asTable("first_messages");
        Field<String> topic = first.field(OUTBOX.TOPIC);
        dsl.select(
                        topic,
                        count(),
                        sum(when(first.field(OUTBOX.IS_DEAD), 1).otherwise(0)),
                        min(first.field(OUTBOX.SENT_AT)),
                        currentOffsetDateTime())
                .from(first)
                .groupBy(topic)
                .forEach(row -> found.put(
                        row.value1(),
                        new PendingMessages(
                                row.value1(),
                                row.value2(),
                                row.value3().longValue(),
                                Duration.between(row.value4(), row.value5()),
                                amount(dsl, own, row.value1()))));
        return List.copyOf(found.values());
    }

    private Optional<BigDecimal> nothing(String topic) {
        return amounts.containsKey(topic) ? Optional.of(BigDecimal.ZERO) : Optional.empty();
    }

    private Optional<BigDecimal> amount(DSLContext dsl, Condition own, String topic) {
        return Optional.ofNullable(amounts.get(topic)).map(amount -> dsl
                .select(OUTBOX.PAYLOAD)
                .from(OUTBOX)
                .where(own)
                .and(OUTBOX.TOPIC.eq(topic))
                .limit(MOST)
                .fetch(OUTBOX.PAYLOAD)
                .stream()
                .map(amount)
                .reduce(BigDecimal.ZERO, BigDecimal::add));
    }
}
