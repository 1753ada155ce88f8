package dev.ringshard.outbox;

import static dev.ringshard.generated.ringshard.Tables.OUTBOX;
import static org.jooq.impl.DSL.coalesce;
import static org.jooq.impl.DSL.count;
import static org.jooq.impl.DSL.currentOffsetDateTime;
import static org.jooq.impl.DSL.inline;
import static org.jooq.impl.DSL.max;
import static org.jooq.impl.DSL.min;
import static org.jooq.impl.DSL.sum;
import static org.jooq.impl.DSL.when;

import dev.ringshard.routing.PointRead;
import dev.ringshard.scatter.ShardPart;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Record2;
import org.jooq.types.DayToSecond;

/** The SQL of {@code ringshard.outbox}. */
final class OutboxTable {
    /** By then whoever has sent it has delivered it, or is gone. */
    private static final Duration FIRST_TRY = Duration.ofSeconds(15);

    /** Those of a sender, in no order: token, sender. */
    static final PointRead<Stored> SENT = PointRead.of(
            """
            SELECT sender, message_id, recipient, topic, payload, message_number, CURRENT_TIMESTAMP AS read_at, failures
            FROM ringshard.outbox WHERE token = ? AND sender = ?""",
            row -> new Stored(
                    new Message(
                            row.getString(1), row.getString(2), row.getString(3), row.getString(4), row.getString(5)),
                    row.getLong(6),
                    row.getObject(7, OffsetDateTime.class),
                    row.getInt(8)));

    private OutboxTable() {}

    /**
     * A message that is stored.
     *
     * @param number orders the messages of a sender
     * @param claimedAt when it was there, by the clock of its sender's database
     * @param failures of its handler
     */
    record Stored(Message message, long number, OffsetDateTime claimedAt, int failures) {}

    static Stored insert(DSLContext dsl, long token, Message message) {
        Record2<Long, OffsetDateTime> before = dsl.select(
                        coalesce(max(OUTBOX.MESSAGE_NUMBER), inline(0L)), currentOffsetDateTime())
                .from(OUTBOX)
                .where(OUTBOX.TOKEN.eq(token))
                .and(OUTBOX.SENDER.eq(message.sender()))
                .fetchSingle();
        long number = before.value1() + 1;
        dsl.insertInto(OUTBOX)
                .set(OUTBOX.TOKEN, token)
                .set(OUTBOX.SENDER, message.sender())
                .set(OUTBOX.MESSAGE_ID, message.id())
                .set(OUTBOX.MESSAGE_NUMBER, number)
                .set(OUTBOX.RECIPIENT, message.recipient())
                .set(OUTBOX.TOPIC, message.topic())
                .set(OUTBOX.PAYLOAD, message.payload())
                .set(OUTBOX.DUE_AT, before.value2().plus(FIRST_TRY))
                .execute();
        return new Stored(message, number, before.value2(), 0);
    }

    private static Condition is(long token, String sender, String id) {
        return OUTBOX.TOKEN.eq(token).and(OUTBOX.SENDER.eq(sender)).and(OUTBOX.MESSAGE_ID.eq(id));
    }

    /** Those of a sender, in the order in which they were sent. */
    static List<Message> sent(DSLContext dsl, long token, String sender) {
        return dsl.select(OUTBOX.fields())
                .from(OUTBOX)
                .where(OUTBOX.TOKEN.eq(token).and(OUTBOX.SENDER.eq(sender)))
                .orderBy(OUTBOX.MESSAGE_NUMBER, OUTBOX.MESSAGE_ID)
                .fetch(OutboxTable::message);
    }

    static boolean any(DSLContext dsl, long token, String sender) {
        return dsl.fetchExists(OUTBOX, OUTBOX.TOKEN.eq(token).and(OUTBOX.SENDER.eq(sender)));
    }

    static Optional<Stored> find(DSLContext dsl, long token, String sender, String id) {
        return dsl.select(OUTBOX.fields())
                .select(currentOffsetDateTime())
                .from(OUTBOX)
                .where(is(token, sender, id))
                .fetchOptional(OutboxTable::stored);
    }

    /** Those of its topic from its sender to the same recipient that were sent before, in order; without the dead. */
    static List<Stored> before(DSLContext dsl, long token, Stored message) {
        return dsl.select(OUTBOX.fields())
                .select(currentOffsetDateTime())
                .from(OUTBOX)
                .where(OUTBOX.TOKEN.eq(token))
                .and(OUTBOX.SENDER.eq(message.message().sender()))
                .and(OUTBOX.RECIPIENT.eq(message.message().recipient()))
                .and(OUTBOX.TOPIC.eq(message.message().topic()))
                .and(OUTBOX.MESSAGE_NUMBER.lt(message.number()))
                .and(OUTBOX.IS_DEAD.isFalse())
                .orderBy(OUTBOX.MESSAGE_NUMBER, OUTBOX.MESSAGE_ID)
                .fetch(OutboxTable::stored);
    }

    static boolean delete(DSLContext dsl, long token, Message message) {
        return dsl.deleteFrom(OUTBOX)
                        .where(is(token, message.sender(), message.id()))
                        .execute()
                == 1;
    }

    /** Takes a message that is due for somebody who tries it now; empty if somebody else has. */
    static Optional<Stored> claim(DSLContext dsl, long token, Message message, Duration lease) {
        int claimed = dsl.update(OUTBOX)
                .set(OUTBOX.DUE_AT, after(lease))
                .where(is(token, message.sender(), message.id()))
                .and(OUTBOX.DUE_AT.le(currentOffsetDateTime()))
                .execute();
        return claimed == 0 ? Optional.empty() : find(dsl, token, message.sender(), message.id());
    }

    private static Field<OffsetDateTime> after(Duration wait) {
        return currentOffsetDateTime().plus(DayToSecond.valueOf(wait));
    }

    /** Notes why a handler could not take it, and when to try again. */
    static void failed(DSLContext dsl, long token, Message message, String why, Duration wait, boolean isDead) {
        dsl.update(OUTBOX)
                .set(OUTBOX.FAILURES, OUTBOX.FAILURES.plus(1))
                .set(OUTBOX.LAST_FAILURE, why)
                .set(OUTBOX.DUE_AT, after(wait))
                .set(OUTBOX.IS_DEAD, isDead)
                .where(is(token, message.sender(), message.id()))
                .execute();
    }

    /** Messages of a shard that nobody is delivering, those that are due for longest first; without the dead. */
    static List<Message> due(ShardPart part, Collection<String> topics, int most) {
        return messages(
                part,
                OUTBOX.TOPIC
                        .in(topics)
                        .and(OUTBOX.DUE_AT.le(currentOffsetDateTime()))
                        .and(OUTBOX.IS_DEAD.isFalse()),
                most);
    }

    /** All messages of some topics, also the dead. */
    static List<Message> all(ShardPart part, Collection<String> topics, int most) {
        return messages(part, OUTBOX.TOPIC.in(topics), most);
    }

    static List<Message> ofTopic(ShardPart part, String topic) {
        return messages(part, OUTBOX.TOPIC.eq(topic), Integer.MAX_VALUE);
    }

    static OutboxTotals totals(ShardPart part) {
        return part.dsl()
                .select(
                        count(),
                        sum(when(OUTBOX.IS_DEAD, 1).otherwise(0)),
                        min(OUTBOX.SENT_AT),
                        currentOffsetDateTime())
                .from(OUTBOX)
                .where(part.visible(OUTBOX.TOKEN))
                .fetchSingle(row -> row.value1() == 0
                        ? OutboxTotals.NOTHING
                        : new OutboxTotals(
                                row.value1(),
                                row.value2().longValue(),
                                Optional.of(Duration.between(row.value3(), row.value4()))));
    }

    private static List<Message> messages(ShardPart part, Condition which, int most) {
        return part.dsl()
                .select(OUTBOX.fields())
                .from(OUTBOX)
                .where(part.visible(OUTBOX.TOKEN))
                .and(which)
                .orderBy(OUTBOX.DUE_AT, OUTBOX.MESSAGE_NUMBER)
                .limit(most)
                .fetch(OutboxTable::message);
    }

    private static Stored stored(Record row) {
        return new Stored(
                message(row),
                row.get(OUTBOX.MESSAGE_NUMBER),
                row.get(currentOffsetDateTime()),
                row.get(OUTBOX.FAILURES));
    }

    private static Message message(Record row) {
        return new Message(
                row.get(OUTBOX.SENDER),
                row.get(OUTBOX.MESSAGE_ID),
                row.get(OUTBOX.RECIPIENT),
                row.get(OUTBOX.TOPIC),
                row.get(OUTBOX.PAYLOAD));
    }
}
