package dev.ringshard.internal.handover;

import dev.ringshard.internal.shard.Dialect;
import dev.ringshard.ring.TokenRange;
import java.util.List;

/** Some rows of a sharded table, the same on every shard. */
sealed interface RowSelection {

    /** As an SQL condition of one database on the rows of a table. */
    String in(TableColumns table, Dialect dialect);

    /** All rows of some ranges. */
    record OfRanges(List<TokenRange> ranges) implements RowSelection {
        public OfRanges {
            ranges = List.copyOf(ranges);
        }

        @Override
        public String in(TableColumns table, Dialect dialect) {
            return TableColumns.within(dialect.token(table.sharded()), ranges);
        }
    }

    /** All rows of some tokens. */
    record OfTokens(List<Long> tokens) implements RowSelection {
        public OfTokens {
            tokens = List.copyOf(tokens);
        }

        @Override
        public String in(TableColumns table, Dialect dialect) {
            List<String> numbers = tokens.stream().map(String::valueOf).toList();
            return "%s IN (%s)".formatted(dialect.token(table.sharded()), String.join(", ", numbers));
        }
    }

    /**
     * Those rows of some ranges that have one of some keys, where a log names rows by keys.
     *
     * @param columns that make the key
     * @param keys the texts of these columns
     */
    record OfKeys(List<TokenRange> ranges, List<String> columns, List<List<String>> keys) implements RowSelection {
        public OfKeys {
            ranges = List.copyOf(ranges);
            columns = List.copyOf(columns);
            keys = List.copyOf(keys);
        }

        /**
         * INVARIANT: the ranges are compared by an expression that no index serves. A key may have a million rows, all of one token,
         * and a planner that knows too little of them would look at them all for each of these.
         */
        @Override
        public String in(TableColumns table, Dialect dialect) {
            List<String> types = columns.stream().map(table::type).toList();
            return "%s AND %s"
                    .formatted(
                            dialect.isOneOf(columns, types, keys).orElseThrow(),
                            TableColumns.within("(" + dialect.token(table.sharded()) + " + 0)", ranges));
        }
    }
}
