package dev.ringshard.walk;

import dev.ringshard.jdbc.RingshardDataSource;
import dev.ringshard.walk.ShopTransactions.WrongAnswer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Counts all orders on all shards again and again until it is closed; there are never fewer than acknowledged, nor more than begun. */
final class ShopReports implements AutoCloseable {
    private static final String COUNT = """
            SELECT count(*) FROM orders
            WHERE ringshard.token(tenant_id::text) <@ (SELECT ringshard.owned_tokens())""";

    private final ShopBooks books;
    private final Consumer<Throwable> failed;
    private final Duration pause;
    private final Thread thread = new Thread(this::work, "shop-reports");
    private @Nullable RingshardDataSource cluster;
    private int done;
    private boolean isOver;

    private ShopReports(ShopBooks books, Duration pause, Consumer<Throwable> failed) {
        this.books = books;
        this.pause = pause;
        this.failed = failed;
    }

    static ShopReports begin(ShopBooks books, Duration pause, Consumer<Throwable> failed) {
        ShopReports reports = new ShopReports(books, pause, failed);
        reports.thread.start();
        return reports;
    }

    /** From now on there; null for nowhere. */
    synchronized void readFrom(@Nullable RingshardDataSource next) {
        cluster = next;
    }

    private synchronized void work() {
        try {
            while (!isOver) {
                if (cluster != null) {
                    report(cluster);
                    done++;
                }
                wait(pause.toMillis());
            }
        } catch (SQLException | InterruptedException | RuntimeException | Error failure) {
            failed.accept(failure);
        }
    }

    private void report(RingshardDataSource from) throws SQLException {
        long least = books.ordersAcknowledged.get();
        long orders = 0;
        try (Connection connection = from.allShards().getConnection();
                PreparedStatement count = connection.prepareStatement(COUNT);
                ResultSet ofShard = count.executeQuery()) {
            while (ofShard.next()) {
                orders += ofShard.getLong(1);
            }
        }
        long most = books.ordersBegun.get();
        if (orders < least || orders > most) {
            throw new WrongAnswer("all orders", "%d to %d".formatted(least, most), orders);
        }
    }

    /** How many there were. */
    synchronized int done() {
        return done;
    }

    @Override
    public void close() {
        synchronized (this) {
            isOver = true;
            notifyAll();
        }
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
