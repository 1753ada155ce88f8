package dev.ringshard.outbox;

import static dev.ringshard.generated.ringshard.Tables.OUTBOX;
import static org.jooq.impl.DSL.coalesce;
import static org.jooq.impl.DSL.count;
import static org.jooq.impl.DSL.currentOffsetDateTime;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.inline;
import static org.jooq.impl.DSL.min;
import static org.jooq.impl.DSL.row;
import static org.jooq.impl.DSL.sum;
import static org.jooq.impl.DSL.when;

import dev.ringshard.internal.routing.RowWritingStatement;
import dev.ringshard.internal.shard.Transactions;
import dev.ringshard.outbox.InboxTable.Receipt;
import dev.ringshard.routing.FencedStatement;
import dev.ringshard.routing.KeyedTransaction;
import dev.ringshard.routing.PointRead;
import dev.ringshard.scatter.ShardPart;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Record2;
import org.jooq.Row3;
import org.jooq.types.DayToSecond;

/** The SQL of {@code ringshard.outbox}. */
final class OutboxTable {
    /** By then its sender has delivered it, or is gone. */
    private static final Duration FIRST_TRY = Duration.ofSeconds(15);

    private static final String OF_SENDER = """
            SELECT sender, message_id, recipient, topic, payload, message_number, CURRENT_TIMESTAMP AS read_at, failures, due_at
            FROM ringshard.outbox WHERE token = ? AND sender = ?""";

    /** Those of a sender, in no order: token, sender. */
    static final PointRead<Stored> SENT = PointRead.of(OF_SENDER, OutboxTable::read);

    /**
     * The first of those of its topic from its sender to the same recipient that were sent before; without the dead. Token, sender,
     * recipient, topic, number.
     */
    static final PointRead<Stored> FIRST_BEFORE = PointRead.of(OF_SENDER + """

                AND recipient = ? AND topic = ? AND message_number < ? AND is_dead = FALSE
            ORDER BY token, sender, message_number LIMIT 1""", OutboxTable::read);

    private static final String DELETION =
            "DELETE FROM ringshard.outbox WHERE token = ? AND sender = ? AND message_id = ?";

    /** Forgets a message: token, sender, message id. */
    static final FencedStatement FORGET = FencedStatement.ofRows(DELETION);

    /**
     * The same, where the database can, without waiting for the disk: a crash may undo it, and then it is found again that the message
     * has arrived. Returns a row if it was there.
     */
    static final FencedStatement FORGET_UNHURRIED = FencedStatement.byTrigger(
            new RowWritingStatement(DELETION + " AND " + Transactions.UNHURRIED + " RETURNING message_number"));

    private OutboxTable() {}

    /**
     * A message that is stored.
     *
     * @param number orders the messages of a sender
     * @param claimedAt when it was there, by the clock of its sender's database
     * @param failures of its handler
     * @param isWaiting whether its handler has failed and it is not yet time to try again
     */
    record Stored(Message message, long number, OffsetDateTime claimedAt, int failures, boolean isWaiting) {}

    /** A message that is stored, without what it says: of those that wait there may be many, and large ones. */
    record Waiting(long token, String sender, String id, long number, String recipient) {}

    private static Stored read(ResultSet row) throws SQLException {
        OffsetDateTime now = row.getObject(7, OffsetDateTime.class);
        int failures = row.getInt(8);
        return new Stored(
                new Message(row.getString(1), row.getString(2), row.getString(3), row.getString(4), row.getString(5)),
                row.getLong(6),
                now,
                failures,
                failures > 0 && row.getObject(9, OffsetDateTime.class).isAfter(now));
    }

    static Stored insert(DSLContext dsl, long token, Message message) {
        Field<Long> newest = field(dsl.select(OUTBOX.MESSAGE_NUMBER)
                .from(OUTBOX)
                .where(OUTBOX.TOKEN.eq(token))
                .and(OUTBOX.SENDER.eq(message.sender()))
                .orderBy(OUTBOX.TOKEN.desc(), OUTBOX.SENDER.desc(), OUTBOX.MESSAGE_NUMBER.desc())
                .limit(inline(1))); // in the order of its index, which H2 does not find by itself
        Record2<Long, OffsetDateTime> before = dsl.select(coalesce(newest, inline(0L)), currentOffsetDateTime())
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
        return new Stored(message, number, before.value2(), 0, false);
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

    /** Those of the receipts whose messages are still with their senders, who are keys of the transaction. */
    static Set<Receipt> kept(KeyedTransaction transaction, List<Receipt> receipts) {
        Map<List<String>, Receipt> byMessage = new HashMap<>();
        List<Row3<Long, String, String>> messages = new ArrayList<>();
        for (Receipt receipt : receipts) {
            byMessage.put(List.of(receipt.sender(), receipt.id()), receipt);
            messages.add(row(transaction.token(receipt.sender()), receipt.sender(), receipt.id()));
        }
        return transaction
                .dsl()
                .select(OUTBOX.SENDER, OUTBOX.MESSAGE_ID)
                .from(OUTBOX)
                .where(row(OUTBOX.TOKEN, OUTBOX.SENDER, OUTBOX.MESSAGE_ID).in(messages))
                .fetchSet(found -> Objects.requireNonNull(byMessage.get(List.of(found.value1(), found.value2()))));
    }

    static boolean delete(DSLContext dsl, long token, Message message) {
        return dsl.execute(DELETION, token, message.sender(), message.id()) == 1;
    }

    /** Takes a message that is due for a process that tries it now; empty if another one has. */
    static Optional<Stored> claim(DSLContext dsl, long token, String sender, String id, Duration lease) {
        int claimed = dsl.update(OUTBOX)
                .set(OUTBOX.DUE_AT, after(lease))
                .where(is(token, sender, id))
                .and(OUTBOX.DUE_AT.le(currentOffsetDateTime()))
                .execute();
        return claimed == 0 ? Optional.empty() : find(dsl, token, sender, id);
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

    /** Lets nobody try messages for a while, where no one has begun to. */
    static void postpone(DSLContext dsl, List<Waiting> messages, Duration wait) {
        dsl.update(OUTBOX)
                .set(OUTBOX.DUE_AT, after(wait))
                .where(row(OUTBOX.TOKEN, OUTBOX.SENDER, OUTBOX.MESSAGE_ID)
                        .in(messages.stream()
                                .map(message -> row(message.token, message.sender, message.id))
                                .toList()))
                .and(OUTBOX.DUE_AT.le(currentOffsetDateTime()))
                .execute();
    }

    /** Messages of a shard that nobody is delivering, those that are due for longest first; without the dead. */
    static List<Waiting> due(ShardPart part, Collection<String> topics, int most) {
        return waiting(
                part,
                OUTBOX.TOPIC
                        .in(topics)
                        .and(OUTBOX.DUE_AT.le(currentOffsetDateTime()))
                        .and(OUTBOX.IS_DEAD.isFalse()),
                most);
    }

    /** All messages of some topics, also the dead. */
    static List<Waiting> all(ShardPart part, Collection<String> topics, int most) {
        return waiting(part, OUTBOX.TOPIC.in(topics), most);
    }

    static List<Message> ofTopic(ShardPart part, String topic) {
        return part.dsl()
                .select(OUTBOX.fields())
                .from(OUTBOX)
                .where(part.visible(OUTBOX.TOKEN))
                .and(OUTBOX.TOPIC.eq(topic))
                .orderBy(OUTBOX.DUE_AT, OUTBOX.MESSAGE_NUMBER)
                .fetch(OutboxTable::message);
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

    private static List<Waiting> waiting(ShardPart part, Condition which, int most) {
        return part.dsl()
                .select(OUTBOX.TOKEN, OUTBOX.SENDER, OUTBOX.MESSAGE_ID, OUTBOX.MESSAGE_NUMBER, OUTBOX.RECIPIENT)
                .from(OUTBOX)
                .where(part.visible(OUTBOX.TOKEN))
                .and(which)
                .orderBy(OUTBOX.DUE_AT, OUTBOX.MESSAGE_NUMBER)
                .limit(most)
                .fetch(row -> new Waiting(row.value1(), row.value2(), row.value3(), row.value4(), row.value5()));
    }

    private static Stored stored(Record row) {
        OffsetDateTime now = row.get(currentOffsetDateTime());
        int failures = row.get(OUTBOX.FAILURES);
        return new Stored(
                message(row),
                row.get(OUTBOX.MESSAGE_NUMBER),
                now,
                failures,
                failures > 0 && row.get(OUTBOX.DUE_AT).isAfter(now));
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
