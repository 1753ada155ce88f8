package dev.ringshard.outbox;

import dev.ringshard.outbox.OutboxTable.Stored;
import java.time.OffsetDateTime;

/** A message that is stored with its sender, if the transaction that sent it has committed. */
public final class SentMessage {
    private final Stored stored;

    SentMessage(Stored stored) {
        this.stored = stored;
    }

    /** A message that was sent by a statement which returned its number and time. */
    public static SentMessage of(Message message, long number, OffsetDateTime sentAt) {
        return new SentMessage(new Stored(message, number, sentAt, 0, false));
    }

    Stored stored() {
        return stored;
    }
}
