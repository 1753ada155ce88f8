package dev.ringshard.verify;

import dev.ringshard.scatter.ShardPart;

/**
 * A check of an application's own: whether the rows of a key agree with each other, as only the application knows. It sees
 * each row once, while that is read anyway. Thread-safe.
 */
public interface Audit {
    /** One word for what is wrong, for programs; such as {@code unbalanced}. */
    String kind();

    /** What should hold, as a clause for people; such as {@code every order has the sum of its lines}. */
    String rule();

    /** Begins the check of one shard, whose part is open until the check has ended. */
    ShardAudit begin(ShardPart part, Placement placement);
}
