package dev.ringshard.jdbc;

import dev.ringshard.failure.RingshardException;
import dev.ringshard.scatter.ShardPart;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLNonTransientException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The rows of all shards: those of one after those of the other, or merged in one order. Each shard's stand at the row that it is to
 * give next, so that none is held here. A proxy, because nearly all of the 195 methods of a result set are those of the current row.
 */
final class AllShardsRows implements InvocationHandler {
    private final List<Head> heads = new ArrayList<>();
    private final RowOrder order;
    private final Statement statement;
    private final long most;
    private final RoutedResultSet.Closing closing;
    private final ResultSet proxy;
    private final ResultSet first;
    private final boolean nullsAreHigh;
    private @Nullable Head current;
    private ResultSet lastRead;
    private long row;
    private boolean isAtEnd;
    private volatile boolean isClosed;

    /** What one shard gives. */
    record Part(ShardPart shard, ResultSet rows) {}

    /** One shard's next row, and what it is ordered by. */
    private static final class Head {
        private final Part part;
        private @Nullable Object @Nullable [] values;

        Head(Part part) {
            this.part = part;
        }
    }

    private AllShardsRows(
            Collection<Part> parts, RowOrder order, Statement statement, long most, RoutedResultSet.Closing closing)
            throws SQLException {
        this.order = order;
        this.statement = statement;
        this.most = most;
        this.closing = closing;
        this.first = parts.iterator().next().rows();
        this.lastRead = first;
        this.nullsAreHigh = order.isOfRows()
                && first.getStatement().getConnection().getMetaData().nullsAreSortedHigh();
        this.proxy = (ResultSet) Proxy.newProxyInstance(
                AllShardsRows.class.getClassLoader(), new Class<?>[] {ResultSet.class, RowOrigin.class}, this);
        for (Part part : parts) {
            Head head = new Head(part);
            if (advances(head)) {
                heads.add(head);
            }
        }
    }

    static AllShardsRows of(
            Collection<Part> parts, RowOrder order, Statement statement, long most, RoutedResultSet.Closing closing)
            throws SQLException {
        return new AllShardsRows(parts, order, statement, most, closing);
    }

    ResultSet asResultSet() {
        return proxy;
    }

    @Override
    public @Nullable Object invoke(Object self, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        return switch (method.getName()) {
            case "equals" -> arguments != null && proxy == arguments[0];
            case "hashCode" -> System.identityHashCode(proxy);
            case "toString" -> "rows of all shards";
            case "isClosed" -> isClosed;
            case "close" -> {
                close();
                yield null;
            }
            default -> {
                if (isClosed) {
                    throw new SQLNonTransientException("These rows are closed.", SqlFailures.CURSOR_STATE);
                }
                yield whileOpen(method, arguments);
            }
        };
    }

    private @Nullable Object whileOpen(Method method, @Nullable Object @Nullable [] arguments) throws SQLException {
        return switch (method.getName()) {
            case "next" -> next();
            case "shard" -> current().part.shard().shard();
            case "getStatement" -> statement;
            case "getType" -> ResultSet.TYPE_FORWARD_ONLY;
            case "getConcurrency" -> ResultSet.CONCUR_READ_ONLY;
            case "getHoldability" -> ResultSet.CLOSE_CURSORS_AT_COMMIT;
            case "getFetchDirection" -> ResultSet.FETCH_FORWARD;
            case "getFetchSize" ->
                statement.getFetchSize() == 0 ? AllShardsStatement.FETCH_SIZE : statement.getFetchSize();
            case "getMetaData", "findColumn" -> StatementScript.invoke(first, method, arguments);
            case "wasNull" -> lastRead.wasNull();
            case "getRow" -> current == null ? 0 : (int) Math.min(row, Integer.MAX_VALUE);
            case "isBeforeFirst" -> row == 0 && !isAtEnd && !heads.isEmpty();
            case "isFirst" -> row == 1 && current != null;
            case "isAfterLast" -> isAtEnd && row > 0;
            case "getWarnings", "clearWarnings", "setFetchSize", "setFetchDirection" -> null;
            case "rowUpdated", "rowInserted", "rowDeleted" -> false;
            case "isWrapperFor" -> arguments != null && arguments[0] instanceof Class<?> type && type.isInstance(proxy);
            case "unwrap" -> unwrap(arguments);
            case "getCursorName" -> throw notSupported(method);
            default -> ofCurrentRow(method, arguments);
        };
    }

    private @Nullable Object ofCurrentRow(Method method, @Nullable Object @Nullable [] arguments) throws SQLException {
        if (!method.getName().startsWith("get")) {
            throw notSupported(method);
        }
        lastRead = current().part.rows();
        return StatementScript.invoke(lastRead, method, arguments);
    }

    private static SQLException notSupported(Method method) {
        return SqlFailures.notSupported(
                "%s makes no sense for rows of all shards, which are read forward, once, and not written. Nothing was done."
                        .formatted(method.getName()));
    }

    private Object unwrap(@Nullable Object @Nullable [] arguments) throws SQLException {
        if (arguments != null && arguments[0] instanceof Class<?> type && type.isInstance(proxy)) {
            return proxy;
        }
        throw SqlFailures.notSupported("Rows of all shards come from several result sets, and wrap none of them.");
    }

    private Head current() throws SQLException {
        Head known = current;
        if (known == null) {
            throw new SQLNonTransientException(
                    "There is no current row: call next(), and read while it returns true.", SqlFailures.CURSOR_STATE);
        }
        return known;
    }

    private boolean next() throws SQLException {
        Head left = current;
        current = null;
        if (left != null && !advances(left)) {
            heads.remove(left);
        }
        if (isAtEnd || heads.isEmpty() || row == most) {
            isAtEnd = true;
            return false;
        }
        current = least();
        row++;
        return true;
    }

    /** Of equal rows, that of the first shard; without an order, all are equal. */
    private Head least() throws SQLException {
        Head least = heads.get(0);
        if (order.isOfRows()) {
            for (Head head : heads) {
                if (order.compare(values(head), values(least), nullsAreHigh) < 0) {
                    least = head;
                }
            }
        }
        return least;
    }

    private static @Nullable Object[] values(Head head) {
        return Objects.requireNonNull(head.values);
    }

    private boolean advances(Head head) throws SQLException {
        @Nullable Object[] before = head.values;
        try {
            boolean hasNext = head.part.shard().run(inside -> head.part.rows().next());
            if (!hasNext || !order.isOfRows()) {
                return hasNext;
            }
            head.values = head.part.shard().run(inside -> order.values(head.part.rows()));
        } catch (RingshardException failure) {
            throw SqlFailures.of(failure);
        }
        if (before != null && order.compare(before, values(head), nullsAreHigh) > 0) {
            throw order.broken(head.part.shard().shard());
        }
        return true;
    }

    void close() throws SQLException {
        if (!isClosed) {
            isClosed = true;
            current = null;
            closing.run();
        }
    }
}
