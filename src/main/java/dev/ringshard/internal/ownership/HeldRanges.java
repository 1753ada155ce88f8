package dev.ringshard.internal.ownership;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.table;

import dev.ringshard.config.ShardedTable;
import dev.ringshard.internal.shard.ShardTransaction;
import dev.ringshard.ring.TokenRange;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.impl.DSL;

/**
 * The ranges that a shard owns, and those of which it holds only staged or departed rows, in one snapshot.
 *
 * @param owned in ascending order
 * @param hidden what handovers have staged or left behind; of many, only some
 * @param departures what was handed over to others since an earlier look, each with the epoch that it left with; and perhaps
 *     some that left before
 * @param ended those of the departures whose handovers have ended since that look, and no others
 * @param newestDeparture what {@link #in(ShardTransaction, long)} takes for a later look to begin here
 * @param isRestored whether all of that came out of a dump, and counts for nothing before the shard was compared with the others
 */
public record HeldRanges(
        List<OwnedRange> owned,
        List<TokenRange> hidden,
        List<OwnedRange> departures,
        List<OwnedRange> ended,
        long newestDeparture,
        boolean isRestored) {
    /** As numbers in the text of a query, ranges cost a scan of many rows a tenth of what a join with them costs. */
    private static final int MOST_HIDDEN_BY_NUMBER = 100;

    /** The kinds of rows in {@link #QUERY}. */
    private static final int OWNED = 0;

    private static final int HIDDEN = 1;
    private static final int DEPARTED = 2;
    private static final int NEWEST = 3;
    private static final int RESTORED = 4;
    private static final int ENDED = 5;

    /**
     * One statement, because every read over all shards begins with it. A handover that is committed is either among those that
     * are not finished, or in the history, under a number that was given after its commit. One parameter: the
     * {@link #newestDeparture} of an earlier look.
     */
    private static final String QUERY =
            """
            SELECT first_token, last_token, epoch, %2$d AS kind FROM ringshard.owned_range
            UNION ALL
            (SELECT first_token, last_token, epoch, %3$d FROM ringshard.incoming_range LIMIT %1$d)
            UNION ALL
            (SELECT first_token, last_token, epoch, %3$d FROM ringshard.departed_range LIMIT %1$d)
            UNION ALL
            SELECT first_token, last_token, epoch, %4$d FROM ringshard.handover
            UNION ALL
            SELECT first_token, last_token, epoch, %7$d FROM ringshard.handover_history WHERE handover_number > ?
            UNION ALL
            SELECT 0, 0, COALESCE(MAX(handover_number), 0), %5$d FROM ringshard.handover_history
            UNION ALL
            SELECT 0, 0, 0, %6$d FROM ringshard.membership WHERE is_restored
            ORDER BY 1""".formatted(MOST_HIDDEN_BY_NUMBER + 1, OWNED, HIDDEN, DEPARTED, NEWEST, RESTORED, ENDED);

    private static final String OUTSIDE_OF_ALL_HIDDEN = """
            NOT EXISTS (SELECT 1 FROM ringshard.incoming_range
                WHERE %1$s BETWEEN ringshard.incoming_range.first_token AND ringshard.incoming_range.last_token)
            AND NOT EXISTS (SELECT 1 FROM ringshard.departed_range
                WHERE %1$s BETWEEN ringshard.departed_range.first_token AND ringshard.departed_range.last_token)""";

    /** Of a shard that has left the cluster. */
    public static final HeldRanges NONE = new HeldRanges(List.of(), List.of(), List.of(), List.of(), 0, false);

    public HeldRanges {
        owned = List.copyOf(owned);
        hidden = List.copyOf(hidden);
        departures = List.copyOf(departures);
        ended = List.copyOf(ended);
    }

    /** What part of the ring is owned, 0 to 1. */
    public double share() {
        return owned.stream().mapToDouble(one -> one.range().fraction()).sum();
    }

    /** As the transaction sees them. */
    public static HeldRanges in(ShardTransaction transaction) throws SQLException {
        return in(transaction, Long.MAX_VALUE);
    }

    /**
     * As the transaction sees them.
     *
     * @param since the {@link #newestDeparture} of an earlier look
     */
    public static HeldRanges in(ShardTransaction transaction, long since) throws SQLException {
        try (PreparedStatement statement = transaction.connection().prepareStatement(QUERY)) {
            statement.setLong(1, since);
            try (ResultSet rows = statement.executeQuery()) {
                return read(rows);
            }
        }
    }

    private static HeldRanges read(ResultSet rows) throws SQLException {
        List<OwnedRange> owned = new ArrayList<>();
        List<TokenRange> hidden = new ArrayList<>();
        List<OwnedRange> departures = new ArrayList<>();
        List<OwnedRange> ended = new ArrayList<>();
        long newest = 0;
        boolean isRestored = false;
        while (rows.next()) {
            TokenRange range = new TokenRange(rows.getLong(1), rows.getLong(2));
            long epoch = rows.getLong(3);
            switch (rows.getInt(4)) {
                case OWNED -> owned.add(new OwnedRange(range, epoch));
                case HIDDEN -> hidden.add(range);
                case DEPARTED -> departures.add(new OwnedRange(range, epoch));
                case ENDED -> ended.add(new OwnedRange(range, epoch));
                case NEWEST -> newest = epoch;
                default -> isRestored = true;
            }
        }
        departures.addAll(ended);
        return new HeldRanges(owned, hidden, departures, ended, newest, isRestored);
    }

    /**
     * As {@link #in(ShardTransaction, long)}, keeping movers off all that is owned until {@link OwnedRangeTable#letGo} or the transaction's end;
     * see {@link OwnedRangeTable#hold}.
     */
    public static HeldRanges hold(ShardTransaction transaction, long since) throws SQLException {
        List<OwnedRange> owned = OwnedRangeTable.hold(transaction.dsl());
        HeldRanges held = in(transaction, since);
        return new HeldRanges(owned, held.hidden, held.departures, held.ended, held.newestDeparture, held.isRestored);
    }

    /** How many rows of a sharded table the shard has and owns, in the snapshot in which the ranges were read; reads them all. */
    public long count(ShardTransaction transaction, ShardedTable table) {
        return transaction
                .dsl()
                .selectCount()
                .from(table(table.name()))
                .where(visible(field(transaction.shard().dialect().token(table), Long.class)))
                .fetchSingle()
                .value1();
    }

    /**
     * Leaves out rows that are here but not owned, in the snapshot in which the ranges were read.
     *
     * <p>INVARIANT: every row of a sharded table lies in an owned, an incoming or a departed range; the fence sees to it.
     */
    public Condition visible(Field<Long> token) {
        return DSL.condition(visible("{0}"), token);
    }

    /**
     * As {@link #visible(Field)}, as text; the same text for two snapshots only if it means the same in both.
     *
     * @param token an SQL expression of the row's token
     */
    public String visible(String token) {
        if (hidden.isEmpty()) {
            return "TRUE";
        }
        return hidden.size() <= MOST_HIDDEN_BY_NUMBER ? outside(token) : OUTSIDE_OF_ALL_HIDDEN.formatted(token);
    }

    private String outside(String token) {
        return hidden.stream()
                .map(range -> token + " NOT BETWEEN " + range.first() + " AND " + range.last())
                .collect(Collectors.joining(" AND "));
    }
}
