package dev.ringshard.internal.watch;

import dev.ringshard.event.MovedChunk;
import dev.ringshard.internal.ownership.HandoverHistoryTable;
import dev.ringshard.internal.ownership.HandoverHistoryTable.Measured;
import dev.ringshard.internal.ownership.HandoverHistoryTable.PastHandover;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jooq.DSLContext;

/**
 * Follows what a shard hands over, from the first look on. Numbers are given before rows become visible, so one that is
 * lower may appear after one that is higher: the last few are read again each time. For one thread at a time.
 */
final class History {
    /** So many of the newest numbers may still be missing; far more than there are moves from one shard at a time. */
    private static final long LATE = 200;

    private final Set<Long> seen = new HashSet<>();
    private long newest = -1;

    /** What there is to read now; to be given to {@link #news} afterwards. */
    List<PastHandover> read(DSLContext dsl) {
        if (newest < 0) {
            newest = HandoverHistoryTable.newest(dsl);
            HandoverHistoryTable.since(dsl, newest - LATE).forEach(past -> seen.add(past.number()));
        }
        return HandoverHistoryTable.since(dsl, newest - LATE);
    }

    /** What of it had not been read before, chunk by chunk. */
    List<MovedChunk> news(String source, List<PastHandover> read) {
        Map<Chunk, Long> rows = new LinkedHashMap<>();
        for (PastHandover past : read) {
            if (seen.add(past.number())) {
                newest = Math.max(newest, past.number());
                rows.merge(new Chunk(past.target(), past.epoch(), past.measured()), past.rows(), Long::sum);
            }
        }
        seen.removeIf(number -> number <= newest - LATE);
        List<MovedChunk> news = new ArrayList<>();
        rows.forEach((chunk, count) ->
                news.add(new MovedChunk(source, chunk.target, count, chunk.measured.map(Measured::writePause))));
        return news;
    }

    private record Chunk(String target, long epoch, Optional<Measured> measured) {}
}
