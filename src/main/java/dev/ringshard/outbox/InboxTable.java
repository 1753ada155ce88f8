package dev.ringshard.outbox;

import static dev.ringshard.generated.ringshard.Tables.INBOX;
import static org.jooq.impl.DSL.currentOffsetDateTime;

import dev.ringshard.internal.shard.DeliveryLock;
import dev.ringshard.scatter.ShardPart;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jooq.Batch;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.types.DayToSecond;

/** The SQL of {@code ringshard.inbox}. */
final class InboxTable {
    private InboxTable() {}

    /** A note of what became of a message, without the message. */
    record Receipt(long token, String recipient, String sender, String id) {}

    private static Condition is(long token, String recipient, String sender, String id) {
        return INBOX.TOKEN
                .eq(token)
                .and(INBOX.RECIPIENT.eq(recipient))
                .and(INBOX.SENDER.eq(sender))
                .and(INBOX.MESSAGE_ID.eq(id));
    }

    private static Condition is(Receipt receipt) {
        return is(receipt.token, receipt.recipient, receipt.sender, receipt.id);
    }

    /** Whether a message was accepted; empty if it has not arrived. */
    static Optional<Boolean> find(DSLContext dsl, long token, Message message) {
        return dsl.select(INBOX.IS_ACCEPTED)
                .from(INBOX)
                .where(is(token, message.recipient(), message.sender(), message.id()))
                .fetchOptional(INBOX.IS_ACCEPTED);
    }

    /** Waits where a backup point keeps messages off. */
    static void insert(DSLContext dsl, long token, Message message, boolean isAccepted) {
        DeliveryLock.share(dsl);
        dsl.insertInto(INBOX)
                .set(INBOX.TOKEN, token)
                .set(INBOX.RECIPIENT, message.recipient())
                .set(INBOX.SENDER, message.sender())
                .set(INBOX.MESSAGE_ID, message.id())
                .set(INBOX.IS_ACCEPTED, isAccepted)
                .execute();
    }

    /** Receipts that are older than so and not known to be settled, the oldest first. */
    static List<Receipt> unsettled(ShardPart part, Duration age, int first, int most) {
        return receipts(
                part, INBOX.SETTLED_AT.isNull().and(INBOX.RECEIVED_AT.lt(ago(age))), INBOX.RECEIVED_AT, first, most);
    }

    /** Receipts that were settled longer ago than so, the oldest first. */
    static List<Receipt> settled(ShardPart part, Duration age, int first, int most) {
        return receipts(part, INBOX.SETTLED_AT.lt(ago(age)), INBOX.SETTLED_AT, first, most);
    }

    private static Field<OffsetDateTime> ago(Duration age) {
        return currentOffsetDateTime().minus(DayToSecond.valueOf(age));
    }

    private static List<Receipt> receipts(ShardPart part, Condition which, Field<?> order, int first, int most) {
        return part.dsl()
                .select(INBOX.fields())
                .from(INBOX)
                .where(part.visible(INBOX.TOKEN))
                .and(which)
                .orderBy(order)
                .limit(first, most)
                .fetch(InboxTable::receipt);
    }

    private static Receipt receipt(Record row) {
        return new Receipt(
                row.get(INBOX.TOKEN), row.get(INBOX.RECIPIENT), row.get(INBOX.SENDER), row.get(INBOX.MESSAGE_ID));
    }

    /** How many are settled now and were not. Waits as {@link #insert} does. */
    static int settle(DSLContext dsl, List<Receipt> receipts) {
        DeliveryLock.share(dsl);
        return changed(dsl.batch(receipts.stream()
                .map(receipt -> dsl.update(INBOX)
                        .set(INBOX.SETTLED_AT, currentOffsetDateTime())
                        .where(is(receipt))
                        .and(INBOX.SETTLED_AT.isNull()))
                .toList()));
    }

    /** How many were there. */
    static int delete(DSLContext dsl, List<Receipt> receipts) {
        return changed(dsl.batch(receipts.stream()
                .map(receipt -> dsl.deleteFrom(INBOX).where(is(receipt)))
                .toList()));
    }

    private static int changed(Batch batch) {
        return IntStream.of(batch.execute()).sum();
    }
}
