package dev.ringshard.verify;

import java.util.concurrent.atomic.AtomicLong;

/** Adds up the rows that all shards' scans have read. Thread-safe. */
final class RowMeter {
    private final AtomicLong rows = new AtomicLong();
    private final VerifyProgress progress;
    private final long estimated;

    RowMeter(VerifyProgress progress, long estimated) {
        this.progress = progress;
        this.estimated = estimated;
    }

    void add(long more) {
        progress.rows(rows.addAndGet(more), estimated);
    }

    long rows() {
        return rows.get();
    }
}
