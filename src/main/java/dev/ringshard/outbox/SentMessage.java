package dev.ringshard.outbox;

import dev.ringshard.outbox.OutboxTable.Stored;

/** A message that is stored with its sender, if the transaction that sent it has committed. */
public final class SentMessage {
    private final Stored stored;

    SentMessage(Stored stored) {
        this.stored = stored;
    }

    Stored stored() {
        return stored;
    }
}
