package dev.ringshard.outbox;

import static dev.ringshard.generated.ringshard.Tables.INBOX;
import static org.jooq.impl.DSL.currentOffsetDateTime;

import dev.ringshard.scatter.ShardPart;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.types.DayToSecond;

/** The SQL of {@code ringshard.inbox}. */
final class InboxTable {
    private InboxTable() {}

    /** A note of what became of a message, without the message. */
    record Receipt(String recipient, String sender, String id) {}

    private static Condition is(long token, Receipt receipt) {
        return INBOX.TOKEN
                .eq(token)
                .and(INBOX.RECIPIENT.eq(receipt.recipient))
                .and(INBOX.SENDER.eq(receipt.sender))
                .and(INBOX.MESSAGE_ID.eq(receipt.id));
    }

    private static Receipt of(Message message) {
        return new Receipt(message.recipient(), message.sender(), message.id());
    }

    /** Whether a message was accepted; empty if it has not arrived. */
    static Optional<Boolean> find(DSLContext dsl, long token, Message message) {
        return dsl.select(INBOX.IS_ACCEPTED)
                .from(INBOX)
                .where(is(token, of(message)))
                .fetchOptional(INBOX.IS_ACCEPTED);
    }

    static void insert(DSLContext dsl, long token, Message message, boolean isAccepted) {
        dsl.insertInto(INBOX)
                .set(INBOX.TOKEN, token)
                .set(INBOX.RECIPIENT, message.recipient())
                .set(INBOX.SENDER, message.sender())
                .set(INBOX.MESSAGE_ID, message.id())
                .set(INBOX.IS_ACCEPTED, isAccepted)
                .execute();
    }

    /** Receipts that are older than so and not known to be settled. */
    static List<Receipt> unsettled(ShardPart part, Duration age, int most) {
        return receipts(part, INBOX.SETTLED_AT.isNull().and(INBOX.RECEIVED_AT.lt(ago(age))), most);
    }

    /** Receipts that were settled longer ago than so. */
    static List<Receipt> settled(ShardPart part, Duration age, int most) {
        return receipts(part, INBOX.SETTLED_AT.lt(ago(age)), most);
    }

    private static Field<OffsetDateTime> ago(Duration age) {
        return currentOffsetDateTime().minus(DayToSecond.valueOf(age));
    }

    private static List<Receipt> receipts(ShardPart part, Condition which, int most) {
        return part.dsl()
                .select(INBOX.fields())
                .from(INBOX)
                .where(part.visible(INBOX.TOKEN))
                .and(which)
                .limit(most)
                .fetch(InboxTable::receipt);
    }

    private static Receipt receipt(Record row) {
        return new Receipt(row.get(INBOX.RECIPIENT), row.get(INBOX.SENDER), row.get(INBOX.MESSAGE_ID));
    }

    static void settle(DSLContext dsl, long token, Receipt receipt) {
        dsl.update(INBOX)
                .set(INBOX.SETTLED_AT, currentOffsetDateTime())
                .where(is(token, receipt))
                .and(INBOX.SETTLED_AT.isNull())
                .execute();
    }

    static void delete(DSLContext dsl, long token, Receipt receipt) {
        dsl.deleteFrom(INBOX).where(is(token, receipt)).execute();
    }
}
