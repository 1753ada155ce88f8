package dev.ringshard.verify;

import dev.ringshard.status.Leftovers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a verification read and found.
 *
 * @param unfenced sharded tables whose fence is not at work
 * @param reference what is wrong with tables that every shard has whole
 * @param unique of the columns that were asked for, values that rows of several shards have
 * @param audits what the checks of the application's own found, such as those of the built-in bank
 * @param leftovers of the shards that have any, by their names
 * @param remarks what is not wrong, and good to know, in sentences
 */
public record Verification(
        Extent extent,
        RingFindings ring,
        RowFindings rows,
        Occurrences<UnfencedTable> unfenced,
        ReferenceFindings reference,
        List<SharedValues> unique,
        List<AuditFindings> audits,
        Map<String, Leftovers> leftovers,
        List<String> remarks) {

    public Verification {
        unique = List.copyOf(unique);
        audits = List.copyOf(audits);
        remarks = List.copyOf(remarks);
        leftovers = Collections.unmodifiableMap(new LinkedHashMap<>(leftovers));
    }

    /**
     * How much was read.
     *
     * @param owned how many rows of each sharded table are there for callers, on the shard that owns their token; in the
     *     order of the configuration
     * @param rows of all tables, hidden ones too
     */
    public record Extent(int shards, Map<String, Long> owned, long rows, Duration time) {
        public Extent {
            owned = Collections.unmodifiableMap(new LinkedHashMap<>(owned));
        }

        /** Rows for each second. */
        public long rowsPerSecond() {
            return time.isZero() ? 0 : Math.round(rows / (time.toNanos() / 1e9));
        }
    }

    /** The same with what more checks found. */
    Verification with(List<AuditFindings> more) {
        List<AuditFindings> all = new ArrayList<>(audits);
        all.addAll(more);
        return new Verification(extent, ring, rows, unfenced, reference, unique, all, leftovers, remarks);
    }

    /** Whether a token has not one owner, a row is not where or what it should be, or an audit does not agree. */
    public boolean isDamaged() {
        return !ring.areNone()
                || !rows.areNone()
                || !reference.differing().isNone()
                || audits.stream().anyMatch(audit -> !audit.found().isNone());
    }

    /** Whether nothing is damaged, no shard was set back in time, and the fence is at work on every table. */
    public boolean isSound() {
        return !isDamaged() && ring.setBack().isEmpty() && unfenced.isNone();
    }

    /** Whether two shards have a value that was to be unique. */
    public boolean hasSharedValues() {
        return unique.stream().anyMatch(column -> !column.found().isNone());
    }

    /**
     * Whether it is sound, nothing is left over, from moves or from changes of reference tables, and no two shards have a value that
     * was to be unique.
     */
    public boolean isOk() {
        return isSound() && leftovers.isEmpty() && reference.behind().isNone() && !hasSharedValues();
    }

    /** All leftovers of all shards. */
    public int allLeftovers() {
        return leftovers.values().stream().mapToInt(Leftovers::total).sum();
    }
}
