package dev.ringshard.scatter;

import dev.ringshard.config.ShardedTable;
import dev.ringshard.internal.ownership.HeldRanges;
import dev.ringshard.internal.ownership.OwnedRange;
import dev.ringshard.internal.ownership.OwnedRangeTable;
import dev.ringshard.internal.ownership.RowCounts;
import dev.ringshard.internal.shard.GuardedConnection;
import dev.ringshard.internal.shard.ShardTransaction;
import dev.ringshard.ring.TokenRange;
import dev.ringshard.routing.RowReader;
import dev.ringshard.status.TableRows;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.ResultQuery;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/** One shard's part of a read over all shards: one snapshot of its tables. Confined to the thread that runs the work. */
public final class ShardPart {
    private static final int SCAN_FETCH_SIZE = 5000;

    private final ShardTransaction transaction;
    private final HeldRanges held;
    private final Connection guarded;
    private @Nullable DSLContext dsl;

    /** A part of the snapshot in which those ranges were read. */
    ShardPart(ShardTransaction transaction, HeldRanges held) {
        this.transaction = transaction;
        this.held = held;
        this.guarded = GuardedConnection.of(transaction);
    }

    HeldRanges held() {
        return held;
    }

    void close() {
        transaction.close();
    }

    boolean isAtRest() {
        return held.hidden().isEmpty();
    }

    /** Ends {@link HeldRanges#hold}; from here on the snapshot is as read-only as any other. */
    void letMoversGo() throws SQLException {
        OwnedRangeTable.letGo(transaction.dsl());
        transaction.shard().dialect().transactions().onlyRead(transaction.connection());
    }

    void liftTimeLimits() {
        transaction.run(lifting -> {
            lifting.shard().dialect().transactions().liftTimeLimits(lifting.connection());
            return true;
        });
    }

    /** Work on one shard's part; runs again when rows moved in the meantime. It may only read. */
    @FunctionalInterface
    public interface Work<T> {
        /** Reads; every query of a sharded table must contain {@link ShardPart#visible}. */
        T run(ShardPart part) throws SQLException;
    }

    /** Reads one row; must not move the result set. */
    @FunctionalInterface
    public interface RowConsumer {
        /** Takes columns by name or by position. */
        void accept(ResultSet row) throws SQLException;
    }

    /** Does work on this part; what a database says against it comes as Ringshard's own failure. */
    public <T> T run(Work<T> work) {
        transaction.beginCallersWork();
        return transaction.run(inside -> work.run(this));
    }

    /** The name of the shard. */
    public String shard() {
        return transaction.shard().name();
    }

    /** What the shard owns, in the part's snapshot. */
    public List<TokenRange> owned() {
        return held.owned().stream().map(OwnedRange::range).toList();
    }

    /** jOOQ on the part's snapshot; its own {@code transaction(…)} is a savepoint. */
    public DSLContext dsl() {
        if (dsl == null) {
            dsl = transaction.shard().dialect().dsl(connection());
        }
        return dsl;
    }

    /** The connection that the snapshot is read through. What would end the snapshot, as commit and close, is refused. */
    public Connection connection() {
        return guarded;
    }

    /** As {@link #connection()}, for a statement of the caller's, which may leave something behind in its session. */
    public Connection connectionFor(String sql) throws SQLException {
        if (transaction.shard().dialect().mayChangeSession(sql)) {
            transaction.changesSession();
        }
        return transaction.connection();
    }

    /** Whether the database refuses whatever writes in this snapshot. */
    public boolean isReadOnly() {
        return transaction.shard().dialect().transactions().hasReadOnlyTransactions();
    }

    /** Leaves out rows that are on the shard but not its own: staged by a handover, or left behind by one. */
    public Condition visible(Field<Long> ringToken) {
        return held.visible(ringToken);
    }

    /**
     * As {@link #visible(Field)}, for the rows of a sharded table.
     *
     * @param table as it is declared; no other table of the query has a column of the name of its key or token column
     */
    public Condition visible(ShardedTable table) {
        return visible(DSL.field(transaction.shard().dialect().token(table), Long.class));
    }

    /**
     * All rows of a query that are the shard's own.
     *
     * @param parameters the query's, in order
     */
    public <T> List<T> read(RingRead<T> read, @Nullable Object... parameters) {
        return transaction.run(inside -> read.in(this, inside.shard().dialect(), held, parameters));
    }

    /** All rows of a query, each read as it comes from the driver: no records of jOOQ's are made. */
    public <T> List<T> fetch(ResultQuery<?> query, RowReader<T> reader) {
        return transaction.run(inside -> {
            List<T> result = new ArrayList<>();
            try (ResultSet rows = query.fetchResultSet()) {
                while (rows.next()) {
                    result.add(reader.read(rows));
                }
            }
            return result;
        });
    }

    /** As {@link #fetch}, where rows are fetched as they are asked for; give the query a fetch size. */
    public <T> Iterator<T> iterate(ResultQuery<?> query, RowReader<T> reader) {
        ResultSet rows = transaction.run(inside -> query.fetchResultSet());
        return new Iterator<>() {
            private @Nullable T next;
            private boolean ended;

            @Override
            public boolean hasNext() {
                return next != null || (!ended && transaction.run(inside -> advance()));
            }

            private boolean advance() throws SQLException {
                if (rows.next()) {
                    next = reader.read(rows);
                    return true;
                }
                ended = true;
                rows.close();
                return false;
            }

            @Override
            public T next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                T result = Objects.requireNonNull(next);
                next = null;
                return result;
            }
        };
    }

    /**
     * Tells every row of a query, fetched as they are told: in constant memory on PostgreSQL, and on H2 as far as its
     * result is on disk.
     *
     * @param sql with parameters as {@code ?}
     */
    public void scan(String sql, RowConsumer consumer, Object... parameters) throws SQLException {
        try (PreparedStatement statement = connection().prepareStatement(sql)) {
            statement.setFetchSize(SCAN_FETCH_SIZE);
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    consumer.accept(rows);
                }
            }
        }
    }

    /** About how many rows of sharded tables the shard owns; reads no large table. */
    public List<TableRows> rows(List<ShardedTable> tables) throws SQLException {
        return RowCounts.of(transaction, held, tables);
    }

    /** Sorts text alike on every shard, by Unicode code point, so that sorted parts can be merged. */
    public Field<String> codePointOrder(Field<String> text) {
        return transaction.shard().dialect().codePointOrder(text);
    }
}
