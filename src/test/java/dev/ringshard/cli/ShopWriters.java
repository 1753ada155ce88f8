package dev.ringshard.cli;

import static org.awaitility.Awaitility.await;

import dev.ringshard.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/** The application of a shop, which never stops writing, straight to its database, until it is closed. */
final class ShopWriters implements AutoCloseable {
    private final TestDatabase database;
    private final Queue<SQLException> failures = new ConcurrentLinkedQueue<>();
    private final AtomicInteger orders = new AtomicInteger();
    private final AtomicLong longestNanos = new AtomicLong();
    private final List<Thread> threads;
    private volatile boolean isOver;

    private ShopWriters(TestDatabase database, int threads) {
        this.database = database;
        this.threads = IntStream.range(0, threads)
                .mapToObj(number -> new Thread(this::work, "writer-" + number))
                .toList();
    }

    static ShopWriters begin(TestDatabase database, int threads) {
        ShopWriters writers = new ShopWriters(database, threads);
        writers.threads.forEach(Thread::start);
        return writers;
    }

    private void work() {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            for (int i = 0; !isOver; i++) {
                long start = System.nanoTime();
                sell(connection, statement, i);
                longestNanos.accumulateAndGet(System.nanoTime() - start, Math::max);
            }
        } catch (SQLException failure) {
            failures.add(failure);
        }
    }

    /** A transaction over five tables, at one of two levels, and two statements that commit by themselves. */
    private void sell(Connection connection, Statement statement, int i) throws SQLException {
        connection.setTransactionIsolation(
                i % 2 == 0 ? Connection.TRANSACTION_READ_COMMITTED : Connection.TRANSACTION_REPEATABLE_READ);
        connection.setAutoCommit(false);
        statement.execute("""
                WITH buyer AS (SELECT * FROM users ORDER BY random() LIMIT 1),
                    sold AS (INSERT INTO orders (tenant_id, placed_by, currency) SELECT tenant_id, id, 'EUR' FROM buyer
                             RETURNING id, tenant_id)
                SELECT set_config('shop.sold', id::text, false) FROM sold""");
        statement.execute("""
                INSERT INTO order_lines (order_id, line, quantity, price)
                SELECT current_setting('shop.sold')::bigint, line, 1, 9.99 FROM generate_series(1, 3) line""");
        statement.execute("INSERT INTO returns (order_id, line) VALUES (current_setting('shop.sold')::bigint, 2)");
        statement.execute("""
                INSERT INTO sessions (tenant_id, token) SELECT tenant_id, 'x' FROM orders
                WHERE id = current_setting('shop.sold')::bigint""");
        connection.commit();
        connection.setAutoCommit(true);
        orders.incrementAndGet();
        statement.execute("UPDATE orders SET status = 'paid' WHERE id = current_setting('shop.sold')::bigint");
        statement.execute("DELETE FROM returns WHERE order_id = current_setting('shop.sold')::bigint");
    }

    /** How many orders were acknowledged. */
    int orders() {
        return orders.get();
    }

    /** Returns once so many more orders were acknowledged, or a writer has failed. */
    void awaitMore(int more) {
        int until = orders() + more;
        await().atMost(Duration.ofMinutes(1)).until(() -> orders() >= until || !failures.isEmpty());
    }

    List<SQLException> failures() {
        return List.copyOf(failures);
    }

    /** The longest that a transaction and the two statements behind it took. */
    Duration longest() {
        return Duration.ofNanos(longestNanos.get());
    }

    @Override
    public void close() {
        stop();
    }

    /** Returns once nobody writes any more, with how many orders were acknowledged. */
    int stop() {
        isOver = true;
        boolean interrupted = false;
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException again) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return orders();
    }
}
