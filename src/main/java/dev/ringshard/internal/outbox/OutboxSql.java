package dev.ringshard.internal.outbox;

import dev.ringshard.internal.shard.DeliveryLock;
import dev.ringshard.outbox.Outbox;

/**
 * Parts of statements that change several tables, and so send or receive a message together with what it is about. They follow a part {@code changed},
 * whose one row has the {@code token} and the {@code message_key} of who sends or receives; where it has none, nothing is done.
 */
public final class OutboxSql {
    /** Message id, recipient, topic, payload. Returns the number and the time by which {@link Outbox} knows what it has sent. */
    public static final String SEND = """
            INSERT INTO ringshard.outbox (token, sender, message_id, message_number, recipient, topic, payload, due_at)
            SELECT token, message_key, ?,
                   (SELECT coalesce(max(earlier.message_number), 0) + 1 FROM ringshard.outbox earlier
                    WHERE earlier.token = changed.token AND earlier.sender = changed.message_key),
                   ?, ?, ?, CURRENT_TIMESTAMP + interval '15 seconds'
            FROM changed
            RETURNING message_number, sent_at""";

    /** Sender, message id. Returns a row if the message was received. */
    public static final String RECEIVE = """
            INSERT INTO ringshard.inbox (token, recipient, sender, message_id, is_accepted)
            SELECT token, message_key, ?, ?, TRUE FROM changed
            RETURNING is_accepted""";

    /** A condition of the part {@code changed} that receives: that no backup point keeps messages off. True once it is so. */
    public static final String ADMITTED = DeliveryLock.SHARED;

    private OutboxSql() {}
}
