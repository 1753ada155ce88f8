package dev.ringshard.outbox;

import dev.ringshard.routing.KeyedTransaction;
import java.sql.SQLException;

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

    /** Does what it means for the sender that a message was refused, in a transaction of the sender, once. */
    void refused(KeyedTransaction sender, Message message) throws SQLException;
}
