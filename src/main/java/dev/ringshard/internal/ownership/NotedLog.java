package dev.ringshard.internal.ownership;

import dev.ringshard.internal.shard.ServerLog;
import java.util.Collection;
import java.util.Optional;

/**
 * What a shard has on record of another one's history.
 *
 * @param log how far its server's log was
 * @param mark the newest that was written there; empty if none was
 */
public record NotedLog(ServerLog log, Optional<Long> mark) {
    /** Whether a database that has these marks lacks the one on record: it was set back to before that was written. */
    public boolean isMissingFrom(Collection<Long> marks) {
        return mark.isPresent() && !marks.contains(mark.get());
    }
}
