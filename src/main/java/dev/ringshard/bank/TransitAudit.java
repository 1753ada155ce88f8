package dev.ringshard.bank;

import dev.ringshard.outbox.Message;
import dev.ringshard.outbox.Outbox;
import dev.ringshard.scatter.ScatterGather;
import dev.ringshard.verify.AuditFinding;
import dev.ringshard.verify.ClusterAudit;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Checks that what the clearings of all customers add up to is what the messages between them say is on its way. Raises no alarm while
 * transfers run: it compares what did not change between two looks.
 */
final class TransitAudit implements ClusterAudit {
    private static final int TRIES = 5;

    private final ScatterGather scatter;
    private final Outbox outbox;
    private final ClearingTable clearingTable;

    TransitAudit(ScatterGather scatter, Outbox outbox, ClearingTable clearingTable) {
        this.scatter = scatter;
        this.outbox = outbox;
        this.clearingTable = clearingTable;
    }

    /** What all shards say, each at a moment of its own. */
    private record Transit(BigDecimal cleared, List<Message> messages) {
        static final Transit NOTHING = new Transit(Money.ZERO, List.of());

        Transit plus(Transit other) {
            List<Message> all = new ArrayList<>(messages);
            all.addAll(other.messages);
            return new Transit(cleared.add(other.cleared), all);
        }
    }

    @Override
    public String kind() {
        return "transit";
    }

    @Override
    public String rule() {
        return "what customers have sent and not got is what messages say is on its way";
    }

    @Override
    public List<AuditFinding> findings() {
        return difference().stream()
                .map(text -> new AuditFinding("all", "–", text))
                .toList();
    }

    private Optional<String> difference() {
        for (int i = 0; i < TRIES; i++) {
            Transit before = read();
            BigDecimal sent = before.messages.stream()
                    .filter(message -> !outbox.hasArrived(message))
                    .map(message -> Transfers.amount(message.payload()))
                    .reduce(Money.ZERO, BigDecimal::add);
            if (sent.compareTo(before.cleared) == 0) {
                return Optional.empty();
            }
            if (read().equals(before)) {
                return Optional.of(
                        "customers have sent %s more than others have got, and messages say that %s is on its way"
                                .formatted(before.cleared, sent));
            }
        }
        return Optional.empty(); // transfers run all the while
    }

    private Transit read() {
        return scatter
                .gather(part -> new Transit(clearingTable.total(part), outbox.sent(part, Transfers.TOPIC)))
                .values()
                .stream()
                .reduce(Transit.NOTHING, Transit::plus);
    }
}
