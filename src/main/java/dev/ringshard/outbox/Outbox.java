package dev.ringshard.outbox;

import dev.ringshard.event.Events;
import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.failure.RingshardException;
import dev.ringshard.internal.ownership.OutboxReading;
import dev.ringshard.outbox.OutboxTable.Stored;
import dev.ringshard.routing.KeyedTransaction;
import dev.ringshard.routing.Router;
import dev.ringshard.scatter.ScatterGather;
import dev.ringshard.scatter.ShardPart;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Messages from one key to another. A message is stored in the transaction of its sender, and taken in one of its recipient, on
 * whatever shards both live by then: at least once delivered, by its sender's process or by any other of the cluster, and once taken.
 * Those of one topic from one sender to one recipient arrive in the order in which they were sent, except that one whose handler has failed
 * {@value #MOST_FAILURES} times holds up no others: it is dead, until an operator {@linkplain #deliverAll delivers all}.
 *
 * <p>Thread-safe. No transaction of it holds a lock on two shards.
 */
public final class Outbox {
    /** Such topics are those of what Ringshard brings along. */
    private static final String RESERVED = "ringshard.";

    /** So often a handler may fail. */
    static final int MOST_FAILURES = 10;

    /** How long it is noted with the recipient what became of a message, once its sender has forgotten it. */
    static final Duration KEPT = Duration.ofDays(1);

    private final Router router;
    private final ScatterGather scatter;
    private final Events events;
    private final MessageDelivery delivery;
    private final Map<String, Function<String, BigDecimal>> amounts = new ConcurrentHashMap<>();

    /**
     * The outbox of the cluster that both are connected to. Applications have it from {@code Ringshard.outbox()}.
     *
     * @param events told of what is delivered, and of what is on its way
     */
    public Outbox(Router router, ScatterGather scatter, Events events) {
        this.router = router;
        this.scatter = scatter;
        this.events = events;
        this.delivery = new MessageDelivery(router, events);
    }

    /**
     * Takes the messages of a topic from now on, in this process. Every process that opens the cluster should register the same
     * handlers, because any of them may deliver.
     *
     * @throws InvalidInputException if the topic has a handler
     */
    public void register(String topic, MessageHandler handler) {
        if (!delivery.register(topic, handler)) {
            throw new InvalidInputException(
                    "The topic %s has a handler already. Nothing was changed. Give each topic one handler, once."
                            .formatted(topic));
        }
    }

    /**
     * Adds up what messages of a topic carry, such as a quantity or a price, for the meters of this process; in place of what was said of
     * that topic before.
     *
     * @param amount what a message carries, by its payload
     */
    public void addUp(String topic, Function<String, BigDecimal> amount) {
        amounts.put(topic, amount);
    }

    /**
     * Sends a message as part of a transaction of its sender: it is sent if that commits. Deliver it then, or leave that to others.
     *
     * @return what {@link #deliver(SentMessage)} delivers, once the transaction has committed
     * @throws InvalidInputException if its topic begins with {@code ringshard.}, no handler is registered for it here, a key cannot be one, or a message of this id is on
     *     its way already; the transaction can go on
     */
    public SentMessage send(KeyedTransaction sender, Message message) {
        if (message.topic().startsWith(RESERVED)) {
            throw new InvalidInputException(
                    "Topics that begin with %s are Ringshard's own, and so is %s. Nothing was sent. Name another."
                            .formatted(RESERVED, message.topic()));
        }
        return send(sender, message, delivery.handler(message));
    }

    /**
     * As {@link #send(KeyedTransaction, Message)}, by the handler of that topic here.
     *
     * @param own the handler of the topic
     */
    public SentMessage send(KeyedTransaction sender, Message written, MessageHandler own) {
        Message message = written.between(router.canonical(written.sender()), router.canonical(written.recipient()));
        if (delivery.handler(message) != own) {
            throw new InvalidInputException(
                    "The handler of topic %s is another one. Nothing was sent.".formatted(message.topic()));
        }
        long token = sender.token(message.sender());
        if (OutboxTable.find(sender.dsl(), token, message.sender(), message.id())
                .isPresent()) {
            throw new InvalidInputException(
                    "A message %s of %s is on its way already. It was not sent again. Give each message of a sender an id of its own."
                            .formatted(message.id(), message.sender()));
        }
        return new SentMessage(OutboxTable.insert(sender.dsl(), token, message));
    }

    /** Whether a key has sent messages of which it is not known what became of them, in a transaction of that key. */
    public boolean hasSent(KeyedTransaction sender, String key) {
        return OutboxTable.any(sender.dsl(), sender.token(key), router.canonical(key));
    }

    /** As {@link #sent(String)}, in a transaction of that key. */
    public List<Message> sent(KeyedTransaction sender, String key) {
        return OutboxTable.sent(sender.dsl(), sender.token(key), router.canonical(key));
    }

    /** The messages that a key has sent, and of which it is not known what became of them, in the order in which they were sent. */
    public List<Message> sent(String key) {
        return router.read(key, OutboxTable.SENT, router.token(key), router.canonical(key)).stream()
                .sorted(Comparator.comparingLong(Stored::number))
                .map(Stored::message)
                .toList();
    }

    /**
     * Delivers a message that was sent, and those of its topic that were sent before it to the same recipient. Where a shard does not answer
     * within {@code routing-timeout}, or the handler fails or has failed just before, others deliver it later.
     *
     * @return {@link Delivery#PENDING} also where this process has no handler for its topic; {@link Delivery#UNKNOWN} if the sender has sent
     *     no such message, or it is settled and forgotten
     * @throws RingshardException if the sender's shard does not answer; nothing was delivered
     */
    public Delivery deliver(String sender, String id) {
        return delivery.deliver(sender, id);
    }

    /** As {@link #deliver(String, String)}, of a message that was just sent. */
    public Delivery deliver(SentMessage message) {
        return delivery.deliverInOrder(message.stored(), notNow -> {});
    }

    /** The topics that have a handler here. */
    public Set<String> topics() {
        return delivery.topics();
    }

    /**
     * Delivers what nobody is delivering, on the shards that answer: what a process that died has left behind.
     *
     * @return how many were delivered
     */
    public int deliverDue() {
        return sweep(topics()).deliverDue();
    }

    /** As {@link #deliverDue()}, of one topic. */
    public int deliverDue(String topic) {
        return sweep(Set.of(topic)).deliverDue();
    }

    /**
     * Delivers all of the topics that have a handler here, also what is dead or another process is about to deliver, on the shards that
     * answer. Each is tried once.
     *
     * @return how many were delivered
     */
    public int deliverAll() {
        return sweep(topics()).deliverAll();
    }

    private MessageSweep sweep(Set<String> topics) {
        return new MessageSweep(delivery, router, scatter, topics);
    }

    /**
     * Gives a message up: as if its handler had refused it, unless it has accepted it before. What that means for its sender is done.
     *
     * @return {@link Delivery#REFUSED}, or {@link Delivery#ACCEPTED} if it has arrived, or {@link Delivery#UNKNOWN} if there is no such
     *     message
     * @throws InvalidInputException if no handler is registered for its topic here; nothing was done
     */
    public Delivery giveUp(String sender, String id) {
        return delivery.giveUp(sender, id);
    }

    /** Tells those who listen, if anybody does, what is on its way, on the shards that answer. */
    public void tellPending() {
        if (events.isHeard()) {
            OutboxReading reading = new OutboxReading(delivery.topics(), amounts);
            scatter.gatherFromAvailable(part -> reading.of(part.dsl(), part::visible))
                    .parts()
                    .forEach(events::pending);
        }
    }

    /** What is on its way, on the shards that answer. */
    public OutboxTotals totals() {
        return scatter.gatherFromAvailable(OutboxTable::totals).values().stream()
                .reduce(OutboxTotals.NOTHING, OutboxTotals::plus);
    }

    /** The messages of a topic that a shard's keys have sent, and of which it is not known there that they arrived. */
    public List<Message> sent(ShardPart part, String topic) {
        return OutboxTable.ofTopic(part, topic);
    }

    /** Whether a message was accepted, as its recipient's shard says. */
    public boolean hasArrived(Message message) {
        return router.transaction(message.recipient(), transaction -> InboxTable.find(
                        transaction.dsl(), transaction.token(message.recipient()), message)
                .orElse(false));
    }

    /** As {@link #forgetReceipts()}, after another time than a day. */
    int forgetReceipts(Duration age) {
        return new ReceiptSweep(router, scatter, age).run();
    }

    /**
     * Deletes the notes of what arrived, as soon as nobody can deliver it any more: a day after they were found to be settled.
     *
     * @return how many were deleted
     */
    public int forgetReceipts() {
        return forgetReceipts(KEPT);
    }
}
