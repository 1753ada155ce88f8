package dev.ringshard.internal.ownership;

import dev.ringshard.internal.shard.ServerLog;
import java.util.List;
import java.util.Map;
import org.jooq.DSLContext;

/**
 * What a shard says of the logs of servers.
 *
 * @param own of its own server, now
 * @param marks that were written on it, the newest first
 * @param others of the other shards' servers, as it has on record, by the shards' names
 */
public record ServerLogs(ServerLog own, List<LogMark> marks, Map<String, NotedLog> others) {
    /** Of a database that tells nothing. */
    public static final ServerLogs UNKNOWN = new ServerLogs(ServerLog.UNKNOWN, List.of(), Map.of());

    public ServerLogs {
        marks = List.copyOf(marks);
        others = Map.copyOf(others);
    }

    /** As the caller's transaction sees them. */
    public static ServerLogs of(DSLContext dsl) {
        return new ServerLogs(LogPositionTable.own(dsl), LogMarkTable.all(dsl), LogPositionTable.all(dsl));
    }

    /** As another shard may note it now. */
    public NotedLog noted() {
        return new NotedLog(own, marks.stream().findFirst());
    }
}
