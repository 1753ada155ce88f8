package dev.ringshard.routing;

import dev.ringshard.shard.ShardTransaction;
import java.util.List;

/**
 * One snapshot on every shard, which together hold every row exactly once. Closing gives the connections back.
 * Confined to one thread at a time.
 */
public final class Snapshots implements AutoCloseable {
    private final List<ShardTransaction> transactions;
    private final Coverage coverage;

    Snapshots(List<ShardTransaction> transactions, Coverage coverage) {
        this.transactions = List.copyOf(transactions);
        this.coverage = coverage;
    }

    /** The shards' parts, by the shards' names. */
    public List<ShardPart> parts() {
        return transactions.stream().map(ShardPart::new).toList();
    }

    List<ShardTransaction> transactions() {
        return transactions;
    }

    Coverage coverage() {
        return coverage;
    }

    @Override
    public void close() {
        transactions.forEach(ShardTransaction::close);
    }
}
