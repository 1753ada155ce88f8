package dev.ringshard.rebalance;

import dev.ringshard.config.ShardedTable;
import dev.ringshard.failure.RingshardException;
import dev.ringshard.internal.handover.Handover.StagedChunk;
import dev.ringshard.internal.shard.Shard;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the planner of each shard that takes rows informed of them: before a table serves its first ones there, and whenever it has
 * twice as many as when that was done last. Until a database does so by itself, which takes a minute or more, it would read large
 * tables whole for what an index finds. Thread-safe.
 */
final class TargetStatistics {
    private static final Logger log = LoggerFactory.getLogger(TargetStatistics.class);

    /** How long to wait for a session that analyses the table or changes it; the next chunk tries again. */
    private static final Duration LOCK_TIMEOUT = Duration.ofSeconds(1);

    private final List<ShardedTable> tables;
    private final Map<Shard, Target> targets = new ConcurrentHashMap<>();

    TargetStatistics(List<ShardedTable> tables) {
        this.tables = List.copyOf(tables);
    }

    /** Call it when a chunk is stored on its target, before it is served there. A target that fails keeps what it has. */
    void stored(StagedChunk staged) {
        Shard target = staged.chunk().target();
        if (staged.rows() > 0) {
            targets.computeIfAbsent(target, shard -> new Target(shard, tables.size()))
                    .stored(staged.rowsOfTables(), tables);
        }
    }

    /** What is known of a shard's tables, in their order. */
    private static final class Target {
        private final Shard shard;
        private final long[] analysed;
        private final long[] since;
        private boolean isKnown;

        Target(Shard shard, int tables) {
            this.shard = shard;
            this.analysed = new long[tables];
            this.since = new long[tables];
        }

        /** One after the other: who comes meanwhile serves nothing before it is done either. */
        synchronized void stored(List<Long> rows, List<ShardedTable> tables) {
            for (int i = 0; i < since.length; i++) {
                since[i] += rows.get(i);
            }
            try {
                askOnce(tables);
                for (int i = 0; i < since.length; i++) {
                    if (since[i] > analysed[i]) {
                        analyse(tables.get(i));
                        analysed[i] += since[i];
                        since[i] = 0;
                    }
                }
            } catch (RingshardException later) {
                log.debug("Statistics of {} are as they were", shard, later);
            }
        }

        private void askOnce(List<ShardedTable> tables) {
            if (isKnown) {
                return;
            }
            shard.snapshot(looking -> {
                for (int i = 0; i < analysed.length; i++) {
                    analysed[i] = shard.dialect()
                            .analysedRows(looking.connection(), tables.get(i).name());
                }
                return true;
            });
            isKnown = true;
        }

        private void analyse(ShardedTable table) {
            shard.dialect().analysing(table.name()).ifPresent(statement -> {
                try (var tidying = shard.beginStaging(LOCK_TIMEOUT)) {
                    tidying.run(analysing -> {
                        try (Statement analyse = analysing.connection().createStatement()) {
                            return analyse.execute(statement);
                        }
                    });
                    tidying.commit();
                }
            });
        }
    }
}
