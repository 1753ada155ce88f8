package dev.ringshard.internal.ownership;

import dev.ringshard.internal.shard.ServerLog;
import java.util.List;
import java.util.Optional;

/**
 * What a shard has on record of another one's history.
 *
 * @param log how far its server's log was
 * @param mark the newest that was written there; empty if none was
 */
public record NotedLog(ServerLog log, Optional<LogMark> mark) {
    /**
     * Whether a database that has these marks, the newest first, lacks the one on record: it was set back to before that was written.
     * One that is older than all that it has kept, it has forgotten.
     */
    public boolean isMissingFrom(List<LogMark> marks) {
        return mark.isPresent()
                && !marks.contains(mark.get())
                && (marks.isEmpty()
                        || mark.get().number() >= marks.get(marks.size() - 1).number());
    }
}
