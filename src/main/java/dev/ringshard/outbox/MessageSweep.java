package dev.ringshard.outbox;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toSet;

import dev.ringshard.failure.RingshardException;
import dev.ringshard.failure.ShardUnavailableException;
import dev.ringshard.outbox.OutboxTable.Stored;
import dev.ringshard.outbox.OutboxTable.Waiting;
import dev.ringshard.routing.Router;
import dev.ringshard.scatter.ScatterGather;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run over the messages of some topics that wait on the shards that answer. What waits for a shard that does not is passed over,
 * and what could not be delivered spares the others of the run the same wait. For one thread.
 */
final class MessageSweep {
    private static final Logger log = LoggerFactory.getLogger(MessageSweep.class);

    /** A process that delivers a message keeps others from trying it for so long. */
    private static final Duration LEASE = Duration.ofSeconds(30);

    private static final int AT_ONCE = 100;
    private static final int MOST_ROUNDS = 50;
    private static final int MOST_AT_ALL = 100_000;

    private final MessageDelivery delivery;
    private final Router router;
    private final ScatterGather scatter;
    private final Set<String> topics;
    private final Set<String> shardsAway = new HashSet<>();
    private final Set<String> recipientsAway = new HashSet<>();

    MessageSweep(MessageDelivery delivery, Router router, ScatterGather scatter, Set<String> topics) {
        this.delivery = delivery;
        this.router = router;
        this.scatter = scatter;
        this.topics = Set.copyOf(topics);
    }

    /** Delivers what nobody is delivering; how many were delivered. */
    int deliverDue() {
        int delivered = 0;
        boolean areMore = !topics.isEmpty();
        for (int round = 0; round < MOST_ROUNDS && areMore; round++) {
            AnsweringShards<Waiting> due =
                    AnsweringShards.look(scatter, part -> OutboxTable.due(part, topics, AT_ONCE));
            List<Waiting> messages = new ArrayList<>(due.all());
            Collections.shuffle(messages); // a hundred processes should not all begin with the same
            List<Waiting> passedOver = new ArrayList<>();
            for (Waiting message : messages) {
                if (isAway(due, message)) {
                    passedOver.add(message);
                } else {
                    delivered += deliver(message, LEASE);
                }
            }
            postpone(due, passedOver);
            areMore = due.hasAsMany(AT_ONCE) && !Thread.currentThread().isInterrupted();
        }
        return delivered;
    }

    /** Tries everything once, in the order in which it was sent; how many were delivered. */
    int deliverAll() {
        AnsweringShards<Waiting> all =
                AnsweringShards.look(scatter, part -> OutboxTable.all(part, topics, MOST_AT_ALL));
        return all.all().stream()
                .sorted(Comparator.comparingLong(Waiting::number))
                .mapToInt(message -> isAway(all, message) ? 0 : deliver(message, Duration.ZERO))
                .sum();
    }

    /** So that they do not stand in front of all others the next time; those of one shard in one transaction. */
    private void postpone(AnsweringShards<Waiting> answering, List<Waiting> passedOver) {
        passedOver.stream()
                .collect(groupingBy(message -> answering.owner(message.token())))
                .values()
                .forEach(this::postpone);
    }

    private void postpone(List<Waiting> ofShard) {
        try {
            router.transaction(ofShard.stream().map(Waiting::sender).collect(toSet()), transaction -> {
                OutboxTable.postpone(transaction.dsl(), ofShard, LEASE);
                return true;
            });
        } catch (RingshardException notNow) {
            log.debug("{} messages that cannot be delivered now are not postponed", ofShard.size(), notNow);
        }
    }

    private int deliver(Waiting message, Duration lease) {
        Optional<Stored> claimed = claim(message, lease);
        return claimed.isPresent()
                        && delivery.deliverInOrder(claimed.get(), met -> note(message.recipient(), met))
                                != Delivery.PENDING
                ? 1
                : 0;
    }

    private boolean isAway(AnsweringShards<Waiting> answering, Waiting message) {
        long recipient = router.token(message.recipient());
        return answering.isAway(recipient)
                || recipientsAway.contains(message.recipient())
                || answering.owner(recipient).filter(shardsAway::contains).isPresent()
                || answering.owner(message.token()).filter(shardsAway::contains).isPresent();
    }

    private void note(String recipient, RingshardException met) {
        recipientsAway.add(recipient);
        if (met instanceof ShardUnavailableException gone) {
            shardsAway.add(gone.shard());
        }
    }

    private Optional<Stored> claim(Waiting message, Duration lease) {
        try {
            return router.transaction(
                    message.sender(),
                    transaction -> lease.isZero()
                            ? OutboxTable.find(
                                    transaction.dsl(),
                                    transaction.token(message.sender()),
                                    message.sender(),
                                    message.id())
                            : OutboxTable.claim(
                                    transaction.dsl(),
                                    transaction.token(message.sender()),
                                    message.sender(),
                                    message.id(),
                                    lease));
        } catch (RingshardException unreachable) {
            log.debug("A message of topics {} is not delivered now", topics, unreachable);
            if (unreachable instanceof ShardUnavailableException gone) {
                shardsAway.add(gone.shard());
            }
            return Optional.empty();
        }
    }
}
