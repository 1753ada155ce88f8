package dev.ringshard.metrics;

import java.util.Locale;

/** What meters and their tags are called; part of what is documented, so that dashboards go on working. */
final class Names {
    static final String OPERATIONS = "ringshard.operations";
    static final String RETRIES = "ringshard.retries";
    static final String STALE_ROUTES = "ringshard.stale.routes";
    static final String CIRCUIT_STATE = "ringshard.circuit.state";
    static final String POOL_CONNECTIONS = "ringshard.pool.connections";
    static final String POOL_PENDING = "ringshard.pool.pending";
    static final String POOL_MAX = "ringshard.pool.max";
    static final String HANDOVER_ROWS = "ringshard.handover.rows";
    static final String HANDOVER_CHUNKS = "ringshard.handover.chunks";
    static final String WRITE_PAUSE = "ringshard.handover.write.pause";
    static final String BACKLOG = "ringshard.handover.backlog";
    static final String WATCH_DECISIONS = "ringshard.watch.decisions";
    static final String WATCH_IMBALANCE = "ringshard.watch.imbalance";
    static final String WATCHES = "ringshard.watches";
    static final String SHARD_UP = "ringshard.shard.up";
    static final String SHARD_SHARE = "ringshard.shard.share";
    static final String SHARD_TARGET = "ringshard.shard.target.share";
    static final String SHARD_ROWS = "ringshard.shard.rows";
    static final String SHARD_LEFTOVERS = "ringshard.shard.leftovers";
    static final String RING_PENDING = "ringshard.ring.pending";

    static final String OUTBOX_DELIVERED = "ringshard.outbox.delivered";
    static final String OUTBOX_PENDING = "ringshard.outbox.pending";
    static final String OUTBOX_DEAD = "ringshard.outbox.dead";
    static final String OUTBOX_OLDEST = "ringshard.outbox.oldest.age";
    static final String OUTBOX_AMOUNT = "ringshard.outbox.amount";

    static final String SHARD = "shard";
    static final String TABLE = "table";
    static final String TOPIC = "topic";

    private Names() {}

    /** A word of a fixed set, as the value of a tag. */
    static String tag(Enum<?> word) {
        return word.name().toLowerCase(Locale.ROOT);
    }
}
