package dev.ringshard.outbox;

import dev.ringshard.event.Events;
import dev.ringshard.failure.ContentionException;
import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.failure.NoOwnerException;
import dev.ringshard.failure.OutcomeUnknownException;
import dev.ringshard.failure.RingshardException;
import dev.ringshard.failure.ShardUnavailableException;
import dev.ringshard.internal.shard.FailureKind;
import dev.ringshard.outbox.OutboxTable.Stored;
import dev.ringshard.routing.KeyedTransaction;
import dev.ringshard.routing.Router;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jooq.impl.DSL;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings messages to their end by the handlers of this process: taken or refused by their recipients, then forgotten with their senders.
 *
 * <p>INVARIANT: what became of a message is noted with its recipient, in the transaction that took or refused it, before it is forgotten
 * with its sender; and what its refusal means for the sender is done in the transaction that forgets it. So nobody who delivers it
 * once more can take it twice, or take it after it was refused, or undo it twice.
 *
 * <p>INVARIANT: that note stays for {@link Outbox#KEPT} after its sender has forgotten the message. A process that had read the message before
 * may have been asleep since: it is let deliver for {@link #GOOD_FOR}, by the clocks of the databases, which may differ by the
 * difference of the two.
 *
 * <p>Thread-safe.
 */
final class MessageDelivery {
    private static final Logger log = LoggerFactory.getLogger(MessageDelivery.class);
    private static final Duration GOOD_FOR = Duration.ofHours(1);
    private static final Duration FIRST_WAIT = Duration.ofSeconds(1);
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);
    private static final int TRIES = 3;

    private final Router router;
    private final Events events;
    private final Map<String, MessageHandler> handlers = new ConcurrentHashMap<>();

    MessageDelivery(Router router, Events events) {
        this.router = router;
        this.events = events;
    }

    /** Whether the topic had no handler, and has this one now. */
    boolean register(String topic, MessageHandler handler) {
        return handlers.putIfAbsent(topic, handler) == null;
    }

    /** The topics that have a handler here. */
    Set<String> topics() {
        return Set.copyOf(handlers.keySet());
    }

    /** That of the message's topic; fails if there is none here. */
    MessageHandler handler(Message message) {
        MessageHandler handler = handlers.get(message.topic());
        if (handler == null) {
            throw new InvalidInputException(
                    "No handler is registered for messages of topic %s. Nothing was sent or delivered. Register it before."
                            .formatted(message.topic()));
        }
        return handler;
    }

    /** As {@link Outbox#deliver(String, String)}. */
    Delivery deliver(String sender, String id) {
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

    private boolean receive(KeyedTransaction recipient, Stored stored) throws SQLException {
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
                .select(DSL.currentOffsetDateTime())
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
        boolean isDead = stored.failures() + 1 >= Outbox.MOST_FAILURES;
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

    /** As {@link Outbox#giveUp}. */
    Delivery giveUp(String sender, String id) {
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
}
