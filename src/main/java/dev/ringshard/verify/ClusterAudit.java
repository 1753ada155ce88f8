package dev.ringshard.verify;

import java.util.List;

/**
 * A check of an application's own of what holds over the rows of all keys together, on whatever shards they are. Made after every
 * shard was read, and only where each token has one owner and no shard was set back in time. Thread-safe.
 */
public interface ClusterAudit {
    /** One word for what is wrong, for programs; such as {@code incomplete}. */
    String kind();

    /** What should hold, as a clause for people; such as {@code what is sent is what arrives}. */
    String rule();

    /** Reads all shards, and says what does not hold; empty if all does. Raises no alarm because of work that is under way. */
    List<AuditFinding> findings();
}
