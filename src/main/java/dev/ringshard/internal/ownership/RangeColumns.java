package dev.ringshard.internal.ownership;

import dev.ringshard.ring.TokenRange;
import org.jooq.Condition;
import org.jooq.Record;
import org.jooq.TableField;

/** The two columns by which a table of the schema {@code ringshard} holds token ranges. */
record RangeColumns(TableField<?, Long> first, TableField<?, Long> last) {

    /** Rows that have at least one token in common with a range. */
    Condition overlap(TokenRange range) {
        return first.le(range.last()).and(last.ge(range.first()));
    }

    TokenRange of(Record row) {
        return new TokenRange(row.get(first), row.get(last));
    }
}
