package dev.ringshard.internal.outbox;

import dev.ringshard.outbox.Message;
import java.time.OffsetDateTime;

/** A handler that can take a message in one statement, with {@link OutboxSql#RECEIVE} as its last part. */
public interface ReceivesAtOnce {
    /**
     * Takes a message.
     *
     * @param until by the clock of the recipient's database, the message is good
     * @return false if nothing was done: the message may have arrived before, or is to be refused
     */
    boolean receiveAtOnce(Message message, OffsetDateTime until);
}
