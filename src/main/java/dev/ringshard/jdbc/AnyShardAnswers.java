package dev.ringshard.jdbc;

import dev.ringshard.internal.shard.ShardTransaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What a connection asks of any shard, because it is alike on all. For one thread at a time, but for {@link #discard}. */
final class AnyShardAnswers {
    private final RoutedConnection connection;
    private final OwnerTransactions owners;
    private final Map<ShardTransaction, ResultSet> open = new ConcurrentHashMap<>();

    AnyShardAnswers(RoutedConnection connection, OwnerTransactions owners) {
        this.connection = connection;
        this.owners = owners;
    }

    /** Begins a transaction on any shard, which the caller closes. */
    ShardTransaction begin() throws SQLException {
        connection.requireOpen();
        return owners.anywhere();
    }

    /** On any shard; what it answers in rows is there until the rows, or the connection, are closed. */
    <T extends @Nullable Object> T ask(SessionConnection.Question<T> question) throws SQLException {
        ShardTransaction asked = begin();
        boolean isKept = false;
        try {
            T answer = question.of(asked.connection());
            if (answer instanceof ResultSet rows) {
                isKept = true;
                open.put(asked, rows);
                @SuppressWarnings("unchecked") // a result set as well
                T wrapped = (T) RoutedResultSet.of(
                        rows, connection, failure -> connection.transaction().failed(asked, failure), () -> {
                            open.remove(asked);
                            asked.close();
                        });
                return wrapped;
            }
            return answer;
        } catch (SQLException failure) {
            throw connection.transaction().failed(asked, failure);
        } finally {
            if (!isKept) {
                asked.close();
            }
        }
    }

    /** Gives back connections whose rows the application has not closed. */
    void close() throws SQLException {
        for (Map.Entry<ShardTransaction, ResultSet> answer : open.entrySet()) {
            answer.getValue().close();
            answer.getKey().close();
        }
        open.clear();
    }

    /** The same for another thread, which aborts the connection. */
    void discard() {
        open.keySet().forEach(ShardTransaction::close);
    }
}
