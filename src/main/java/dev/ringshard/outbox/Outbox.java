package dev.ringshard.outbox;

import dev.ringshard.event.Events;
import dev.ringshard.failure.ContentionException;
import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.failure.NoOwnerException;
import dev.ringshard.failure.OutcomeUnknownException;
import dev.ringshard.failure.RingshardException;
import dev.ringshard.failure.ShardUnavailableException;
import dev.ringshard.internal.ownership.OutboxReading;
import dev.ringshard.internal.shard.FailureKind;
import dev.ringshard.outbox.OutboxTable.Stored;
import dev.ringshard.routing.KeyedTransaction;
import dev.ringshard.routing.Router;
import dev.ringshard.scatter.ScatterGather;
import dev.ringshard.scatter.ShardPart;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Messages from one key to another. A message is stored in the transaction of its sender, and taken in one of its recipient, on
 * whatever shards both live by then: at least once delivered, by its sender's process or by any other of the cluster, and once taken.
 * Those of one topic from one sender to one recipient arrive in the order in which they were sent, except that one whose handler has failed
 * {@value #MOST_FAILURES} times holds up no others: it is dead, until an operator {@linkplain #deliverAll delivers all}.
 *
 * <p>INVARIANT: what became of a message is noted with its recipient, in the transaction that took or refused it, before it is forgotten
 * with its sender; and what its refusal means for the sender is done in the transaction that forgets it. So nobody who delivers it
 * once more can take it twice, or take it after it was refused, or undo it twice.
 *
 * <p>INVARIANT: that note stays for {@link #KEPT} after its sender has forgotten the message. A process that had read the message before
 * may have been asleep since: it is let deliver for {@link #GOOD_FOR}, by the clocks of the databases, which may differ by the
 * difference of the two.
 *
 * <p>Thread-safe. No transaction of it holds a lock on two shards.
 */
public final class Outbox {
    /** Such topics are those of what Ringshard brings along. */
    private static final String RESERVED = "ringshard.";

    /** So often a handler may fail. */
    static final int MOST_FAILURES = 10;

    private static final Logger log = LoggerFactory.getLogger(Outbox.class);
    private static final Duration GOOD_FOR = Duration.ofHours(1);
    private static final Duration KEPT = Duration.ofDays(1);
    private static final Duration FIRST_WAIT = Duration.ofSeconds(1);
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);

    private static final int TRIES = 3;

    private final Router router;
    private final ScatterGather scatter;
    private final Events events;
    private final Map<String, MessageHandler> handlers = new ConcurrentHashMap<>();
    private final Map<String, Function<String, BigDecimal>> amounts = new ConcurrentHashMap<>();

    /**
     * The outbox of the shards that both reach.
     *
     * @param events told of what is delivered, and of what is on its way
     */
    public Outbox(Router router, ScatterGather scatter, Events events) {
        this.router = router;
        this.scatter = scatter;
        this.events = events;
    }

    /**
     * Takes the messages of a topic from now on, in this process. Every process that opens the cluster should register the same
     * handlers, because any of them may deliver.
     *
     * @throws InvalidInputException if the topic has a handler
     */
    public void register(String topic, MessageHandler handler) {
        if (handlers.putIfAbsent(topic, handler) != null) {
            throw new InvalidInputException(
                    "The topic %s has a handler already. Nothing was changed. Give each topic one handler, once."
                            .formatted(topic));
        }
    }

    /**
     * Adds up what messages of a topic carry, such as a quantity or a price, for the meters of this process.
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
        return send(sender, message, handler(message));
    }

    /**
     * As {@link #send(KeyedTransaction, Message)}, by the handler of that topic here.
     *
     * @param own the handler of the topic
     */
    public SentMessage send(KeyedTransaction sender, Message written, MessageHandler own) {
        Message message = written.between(router.canonical(written.sender()), router.canonical(written.recipient()));
        if (handler(message) != own) {
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

    private MessageHandler handler(Message message) {
        MessageHandler handler = handlers.get(message.topic());
        if (handler == null) {
            throw new InvalidInputException(
                    "No handler is registered for messages of topic %s. Nothing was sent or delivered. Register it before."
                            .formatted(message.topic()));
        }
        return handler;
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
     */
    public Delivery deliver(String sender, String id) {
        Optional<Stored> found = find(sender, id);
        if (found.isEmpty()) {
            return Delivery.UNKNOWN;
        }
        return found.get().isWaiting() ? Delivery.PENDING : deliverInOrder(found.get(), notNow -> {});
    }

    private Optional<Stored> find(String sender, String id) {
        return router.transaction(
                sender,
                transaction ->
                        OutboxTable.find(transaction.dsl(), transaction.token(sender), router.canonical(sender), id));
    }

    /** As {@link #deliver(String, String)}, of a message that was just sent. */
    public Delivery deliver(SentMessage message) {
        return deliverInOrder(message.stored(), notNow -> {});
    }

    /**
     * Delivers what was sent before, and then the message. One that waits for its next try holds up those behind it, and they are no
     * reason to try it earlier, however many they are.
     *
     * @param unreachable told of a shard that does not answer, or of rows that others hold
     */
    Delivery deliverInOrder(Stored message, Consumer<RingshardException> unreachable) {
        Set<String> before = new HashSet<>();
        try {
            for (Optional<Stored> next = firstBefore(message); next.isPresent(); next = firstBefore(message)) {
                Stored earlier = next.get();
                if (earlier.isWaiting()
                        || !before.add(earlier.message().id())
                        || deliver(earlier, unreachable) == Delivery.PENDING) {
                    return Delivery.PENDING;
                }
            }
        } catch (ShardUnavailableException | NoOwnerException | ContentionException notNow) {
            log.debug("{} is not delivered yet", message, notNow);
            unreachable.accept(notNow);
            return Delivery.PENDING;
        }
        return deliver(message, unreachable);
    }

    private Optional<Stored> firstBefore(Stored stored) {
        Message message = stored.message();
        String sender = message.sender();
        return stored.number() == 1
                ? Optional.empty()
                : router
                        .read(
                                sender,
                                OutboxTable.FIRST_BEFORE,
                                router.token(sender),
                                sender,
                                message.recipient(),
                                message.topic(),
                                stored.number())
                        .stream()
                        .findFirst();
    }

    private Delivery deliver(Stored stored, Consumer<RingshardException> unreachable) {
        Message message = stored.message();
        if (!handlers.containsKey(message.topic())) {
            return Delivery.PENDING; // another process has the handler
        }
        try {
            boolean isAccepted = receive(stored);
            return forget(message, isAccepted);
        } catch (ShardUnavailableException | NoOwnerException | ContentionException | OutcomeUnknownException notNow) {
            log.debug("{} is not delivered yet", message, notNow);
            unreachable.accept(notNow);
            return Delivery.PENDING;
        } catch (RuntimeException | Error failure) {
            noteFailure(stored, failure);
            return Delivery.PENDING;
        }
    }

    /** Whether the recipient has accepted it, now or before. */
    private boolean receive(Stored stored) {
        if (receiveAtOnce(stored)) {
            return true;
        }
        for (int i = 1; ; i++) {
            try {
                return router.transaction(stored.message().recipient(), transaction -> receive(transaction, stored));
            } catch (OutcomeUnknownException unknown) {
                if (i == TRIES) {
                    throw unknown; // else it is asked what became of it
                }
            } catch (RuntimeException failure) {
                if (i == TRIES || FailureKind.of(failure) != FailureKind.DUPLICATE) {
                    throw failure; // else another process has delivered it at the same time
                }
            }
        }
    }

    private boolean receiveAtOnce(Stored stored) {
        try {
            return handler(stored.message())
                    .receiveAtOnce(stored.message(), stored.claimedAt().plus(GOOD_FOR));
        } catch (OutcomeUnknownException unknown) {
            return false; // what became of it is found out in steps
        }
    }

    private boolean receive(KeyedTransaction recipient, Stored stored) throws java.sql.SQLException {
        Message message = stored.message();
        long token = recipient.token(message.recipient());
        Optional<Boolean> earlier = InboxTable.find(recipient.dsl(), token, message);
        if (earlier.isPresent()) {
            return earlier.get();
        }
        requireGood(recipient, stored);
        boolean isAccepted = handler(message).receive(recipient, message);
        InboxTable.insert(recipient.dsl(), token, message, isAccepted);
        return isAccepted;
    }

    private static void requireGood(KeyedTransaction recipient, Stored stored) {
        OffsetDateTime now = recipient
                .dsl()
                .select(org.jooq.impl.DSL.currentOffsetDateTime())
                .fetchSingle()
                .value1();
        if (now.isAfter(stored.claimedAt().plus(GOOD_FOR))) {
            throw new InvalidInputException(
                    "A message that was looked up at %s by the clock of its sender's database was to be delivered at %s by that of its recipient's: too late, others may have delivered it and forgotten that. Nothing was delivered; it is looked up again. If that happens to all, the clocks of the two databases differ by more than an hour: set them, then run recover."
                            .formatted(stored.claimedAt(), now));
        }
    }

    private Delivery forget(Message message, boolean isAccepted) {
        if (isAccepted) {
            forgetAccepted(message);
            return Delivery.ACCEPTED;
        }
        boolean isFirstToForget = router.transaction(message.sender(), transaction -> {
            boolean isFirst = OutboxTable.delete(transaction.dsl(), transaction.token(message.sender()), message);
            if (isFirst) {
                handler(message).refused(transaction, message);
            }
            return isFirst;
        });
        tellDelivered(message, false, isFirstToForget);
        return Delivery.REFUSED;
    }

    private void forgetAccepted(Message message) {
        try {
            Object[] which = {router.token(message.sender()), message.sender(), message.id()};
            boolean isFirst =
                    !router.query(message.sender(), OutboxTable.FORGET_UNHURRIED, row -> row.getLong(1), which)
                                    .isEmpty()
                            || router.update(message.sender(), OutboxTable.FORGET, which) > 0;
            tellDelivered(message, true, isFirst);
        } catch (RingshardException later) {
            log.debug("{} has arrived, and is forgotten later", message, later);
        }
    }

    /** Of those who deliver it at the same time, one counts it. */
    private void tellDelivered(Message message, boolean isAccepted, boolean isFirst) {
        if (isFirst) {
            events.delivered(message.topic(), isAccepted);
        }
    }

    private void noteFailure(Stored stored, Throwable failure) {
        Message message = stored.message();
        boolean isDead = stored.failures() + 1 >= MOST_FAILURES;
        log.warn(
                "The handler of {} has failed {} times to take message {} from {} to {}{}",
                message.topic(),
                stored.failures() + 1,
                message.id(),
                message.sender(),
                message.recipient(),
                isDead ? "; it is not tried again until recover is run" : "",
                failure);
        String why = Objects.requireNonNullElseGet(failure.getMessage(), failure::toString)
                .replace('\0', ' ');
        try {
            router.transaction(message.sender(), transaction -> {
                OutboxTable.failed(
                        transaction.dsl(),
                        transaction.token(message.sender()),
                        message,
                        why.substring(0, Math.min(1000, why.length())),
                        wait(stored.failures()),
                        isDead);
                return true;
            });
        } catch (RuntimeException later) {
            log.warn("The failure of message {} is not noted", message.id(), later);
        }
    }

    private static Duration wait(int failures) {
        Duration wait = FIRST_WAIT.multipliedBy(1L << Math.min(failures, 20));
        return wait.compareTo(LONGEST_WAIT) < 0 ? wait : LONGEST_WAIT;
    }

    /** The topics that have a handler here. */
    public Set<String> topics() {
        return Set.copyOf(handlers.keySet());
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
        return new MessageSweep(this, router, scatter, topics);
    }

    /**
     * Gives a message up: as if its handler had refused it, unless it has accepted it before. What that means for its sender is done.
     *
     * @return {@link Delivery#REFUSED}, or {@link Delivery#ACCEPTED} if it has arrived, or {@link Delivery#UNKNOWN} if there is no such
     *     message
     * @throws InvalidInputException if no handler is registered for its topic here; nothing was done
     */
    public Delivery giveUp(String sender, String id) {
        Optional<Stored> found = find(sender, id);
        if (found.isEmpty()) {
            return Delivery.UNKNOWN;
        }
        Stored stored = found.get();
        Message message = stored.message();
        handler(message);
        boolean isAccepted = router.transaction(message.recipient(), recipient -> {
            long token = recipient.token(message.recipient());
            Optional<Boolean> earlier = InboxTable.find(recipient.dsl(), token, message);
            if (earlier.isEmpty()) {
                requireGood(recipient, stored);
                InboxTable.insert(recipient.dsl(), token, message, false);
            }
            return earlier.orElse(false);
        });
        return forget(message, isAccepted);
    }

    /** Tells those who listen, if anybody does, what is on its way, on the shards that answer. */
    public void tellPending() {
        if (events.isHeard()) {
            OutboxReading reading = new OutboxReading(handlers.keySet(), amounts);
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
