package dev.ringshard.internal.ownership;

import dev.ringshard.internal.shard.ServerLog;
import java.util.Map;
import org.jooq.DSLContext;

/**
 * What a shard says of the logs of servers.
 *
 * @param own of its own server, now
 * @param others of the other shards' servers, as it has on record, by the shards' names
 */
public record ServerLogs(ServerLog own, Map<String, ServerLog> others) {
    /** Of a database that tells nothing. */
    public static final ServerLogs UNKNOWN = new ServerLogs(ServerLog.UNKNOWN, Map.of());

    public ServerLogs {
        others = Map.copyOf(others);
    }

    static ServerLogs of(DSLContext dsl) {
        return new ServerLogs(LogPositionTable.own(dsl), LogPositionTable.all(dsl));
    }
}
