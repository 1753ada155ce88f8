package dev.ringshard.outbox;

import dev.ringshard.routing.KeyedTransaction;
import java.sql.SQLException;
import java.time.OffsetDateTime;

/** What an application does with the messages of a topic. Thread-safe. */
public interface MessageHandler {
    /**
     * Takes a message, or refuses it, in a transaction of its recipient. What it writes there is committed together with the note
     * that the message has arrived, and so once. Like all work of a transaction it may run more than once. What it throws rolls back;
     * the message is then tried again later.
     *
     * @return false to refuse it
     */
    boolean receive(KeyedTransaction recipient, Message message) throws SQLException;

    /**
     * Takes a message by one statement, which also notes that it has arrived, where the handler has such a statement; as fast as can
     * be. Default: no.
     *
     * @param until by the clock of the recipient's database, the message is good; later it must not be taken
     * @return false if nothing was done: the message may have arrived before, or is to be refused. {@link #receive} finds out
     */
    default boolean receiveAtOnce(Message message, OffsetDateTime until) {
        return false;
    }

    /** Does what it means for the sender that a message was refused, in a transaction of the sender, once. */
    void refused(KeyedTransaction sender, Message message) throws SQLException;
}
