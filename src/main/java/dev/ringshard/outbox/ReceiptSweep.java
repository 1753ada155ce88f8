package dev.ringshard.outbox;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toSet;

import dev.ringshard.failure.RingshardException;
import dev.ringshard.outbox.InboxTable.Receipt;
import dev.ringshard.routing.KeyedTransaction;
import dev.ringshard.routing.Router;
import dev.ringshard.scatter.ScatterGather;
import dev.ringshard.scatter.ShardPart;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes the notes of what arrived, long enough after it was found that their senders have forgotten the messages. Many at once,
 * because every message leaves one. For one thread.
 */
final class ReceiptSweep {
    private static final Logger log = LoggerFactory.getLogger(ReceiptSweep.class);
    private static final int AT_ONCE = 100;

    private final Router router;
    private final ScatterGather scatter;
    private final Duration age;

    ReceiptSweep(Router router, ScatterGather scatter, Duration age) {
        this.router = router;
        this.scatter = scatter;
        this.age = age;
    }

    /** How many were deleted. */
    int run() {
        int deleted = repeat(
                (part, first) -> InboxTable.settled(part, age, first, AT_ONCE),
                (answering, receipts) -> deleted(receipts));
        repeat((part, first) -> InboxTable.unsettled(part, age, first, AT_ONCE), this::settled);
        return deleted;
    }

    private interface Search {
        List<Receipt> in(ShardPart part, int first);
    }

    private interface Step {
        /** For how many of the receipts of one shard it could be done. */
        int of(AnsweringShards<Receipt> answering, List<Receipt> receipts);
    }

    /** Until there are no more than those for which it cannot be done now. */
    private int repeat(Search search, Step step) {
        Map<String, Integer> passedOver = new HashMap<>();
        int done = 0;
        boolean areMore = true;
        while (areMore && !Thread.currentThread().isInterrupted()) {
            AnsweringShards<Receipt> answering =
                    AnsweringShards.look(scatter, part -> search.in(part, passedOver.getOrDefault(part.shard(), 0)));
            for (Map.Entry<String, List<Receipt>> ofShard : answering.found().entrySet()) {
                int now = step.of(answering, ofShard.getValue());
                done += now;
                passedOver.merge(ofShard.getKey(), ofShard.getValue().size() - now, Integer::sum);
            }
            areMore = answering.hasAsMany(AT_ONCE);
        }
        return done;
    }

    private int deleted(List<Receipt> receipts) {
        return inOneTransaction(
                receipts, Receipt::recipient, transaction -> InboxTable.delete(transaction.dsl(), receipts), 0);
    }

    private int settled(AnsweringShards<Receipt> answering, List<Receipt> receipts) {
        List<Receipt> forgotten = new ArrayList<>();
        receipts.stream()
                .collect(groupingBy(receipt -> answering.owner(router.token(receipt.sender()))))
                .forEach((owner, sent) -> forgotten.addAll(forgotten(owner, sent)));
        return inOneTransaction(
                forgotten, Receipt::recipient, transaction -> InboxTable.settle(transaction.dsl(), forgotten), 0);
    }

    /** Those whose messages are not with their senders any more, who all live on that shard. */
    private List<Receipt> forgotten(Optional<String> owner, List<Receipt> sent) {
        if (owner.isEmpty()) {
            return List.of();
        }
        return inOneTransaction(
                sent,
                Receipt::sender,
                transaction -> {
                    Set<Receipt> kept = OutboxTable.kept(transaction, sent);
                    return sent.stream()
                            .filter(receipt -> !kept.contains(receipt))
                            .toList();
                },
                List.of());
    }

    /** The other answer if not all live on one shard, as one has moved just now, or that shard does not answer. */
    private <T> T inOneTransaction(
            List<Receipt> receipts, Function<Receipt, String> key, KeyedTransaction.Work<T> work, T otherwise) {
        if (receipts.isEmpty()) {
            return otherwise;
        }
        try {
            return router.transaction(receipts.stream().map(key).collect(toSet()), work);
        } catch (RingshardException later) {
            log.debug("{} receipts are looked at later", receipts.size(), later);
            return otherwise;
        }
    }
}
