package dev.ringshard.testing;

import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.ShardedTable;
import dev.ringshard.internal.shard.Dialect;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * Moves a whole owned range, with its rows, from one database to another by hand: the steps of a handover in plain SQL,
 * one method each, so that a test can stop between any two. Not a mover: nothing is checked, nothing recovers.
 */
public final class HandMover implements AutoCloseable {
    private final String targetName;
    private final Connection source;
    private final Connection target;
    private final List<ShardedTable> tables;
    private final long first;
    private long last;
    private long epoch;

    /**
     * @param tables those that others refer to first
     * @param first the first token of the owned range to move
     */
    public HandMover(TestDatabase source, TestDatabase target, String targetName, List<ShardedTable> tables, long first)
            throws SQLException {
        this.targetName = targetName;
        this.tables = List.copyOf(tables);
        this.source = source.connect();
        this.target = target.connect();
        this.first = first;
        announce(this.source);
        announce(this.target);
        this.source.setAutoCommit(false);
        this.target.setAutoCommit(false);
    }

    private static void announce(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(isPostgres(connection) ? "SET ringshard.mover = 'on'" : "SET @ringshard_mover = 'on'");
        }
    }

    private static boolean isPostgres(Connection connection) throws SQLException {
        return connection.getMetaData().getDatabaseProductName().equals("PostgreSQL");
    }

    /** The first token of the range. */
    public long first() {
        return first;
    }

    /** All steps. */
    public void move() throws SQLException {
        lock();
        stage();
        handOver();
        activate();
        finish();
        purge();
    }

    /** Locks the range's row on the source; writers wait from now on. Before that, slots are closed, as who has passed may want the row. */
    public void lock() throws SQLException {
        if (isPostgres(source)) {
            source.createStatement()
                    .execute("SELECT ringshard.close_slots(first_token, last_token) FROM ringshard.owned_range"
                            + " WHERE first_token = " + first);
        }
        try (PreparedStatement select = source.prepareStatement(
                "SELECT last_token, epoch FROM ringshard.owned_range WHERE first_token = ? FOR UPDATE")) {
            select.setLong(1, first);
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    throw new SQLException("the source owns no range that begins at " + first);
                }
                last = row.getLong(1);
                epoch = row.getLong(2) + 1;
            }
        }
    }

    /** Copies the rows to the target, where nobody sees them yet. */
    public void stage() throws SQLException {
        update(target, "DELETE FROM ringshard.departed_range WHERE first_token BETWEEN ? AND ?", first, last);
        delete(target);
        for (ShardedTable table : tables) {
            copy(table);
        }
        update(
                target,
                "INSERT INTO ringshard.incoming_range (first_token, last_token, epoch, source, row_count, digest)"
                        + " VALUES (?, ?, ?, 'by hand', 0, 'none')",
                first,
                last,
                epoch);
        target.commit();
    }

    /** Those that refer to others first. */
    private void delete(Connection connection) throws SQLException {
        for (int i = tables.size() - 1; i >= 0; i--) {
            ShardedTable table = tables.get(i);
            update(connection, "DELETE FROM " + table.name() + within(connection, table), first, last);
        }
    }

    private static String within(Connection connection, ShardedTable table) throws SQLException {
        Dialect dialect = Dialect.of(isPostgres(connection) ? DatabaseKind.POSTGRESQL : DatabaseKind.H2);
        return " WHERE " + dialect.token(table) + " BETWEEN ? AND ?";
    }

    private void copy(ShardedTable table) throws SQLException {
        try (PreparedStatement select =
                source.prepareStatement("SELECT * FROM " + table.name() + within(source, table))) {
            select.setLong(1, first);
            select.setLong(2, last);
            try (ResultSet rows = select.executeQuery()) {
                int columns = rows.getMetaData().getColumnCount();
                String places = "?, ".repeat(columns - 1) + "?";
                try (PreparedStatement insert =
                        target.prepareStatement("INSERT INTO " + table.name() + " VALUES (" + places + ")")) {
                    while (rows.next()) {
                        for (int i = 1; i <= columns; i++) {
                            insert.setObject(i, rows.getObject(i));
                        }
                        insert.executeUpdate();
                    }
                }
            }
        }
    }

    /** Ends the source's ownership: nobody serves the range until it is activated. */
    public void handOver() throws SQLException {
        update(source, "DELETE FROM ringshard.owned_range WHERE first_token = ?", first);
        update(
                source,
                "INSERT INTO ringshard.departed_range (first_token, last_token, epoch, target) VALUES (?, ?, ?, '"
                        + targetName + "')",
                first,
                last,
                epoch);
        update(
                source,
                "INSERT INTO ringshard.handover (first_token, last_token, epoch, target, row_count, digest)"
                        + " VALUES (?, ?, ?, '" + targetName + "', 0, 'none')",
                first,
                last,
                epoch);
        source.commit();
    }

    /** Begins the target's ownership. */
    public void activate() throws SQLException {
        int staged = update(
                target, "DELETE FROM ringshard.incoming_range WHERE first_token = ? AND epoch = ?", first, epoch);
        if (staged == 0) {
            target.commit(); // somebody else was faster
            return;
        }
        update(
                target,
                "INSERT INTO ringshard.owned_range (first_token, last_token, epoch) VALUES (?, ?, ?)",
                first,
                last,
                epoch);
        update(target, "DELETE FROM ringshard.arrived_range WHERE first_token = ? AND epoch = ?", first, epoch);
        update(
                target,
                "INSERT INTO ringshard.arrived_range (first_token, last_token, epoch) VALUES (?, ?, ?)",
                first,
                last,
                epoch);
        target.commit();
    }

    /** Forgets the handover on the source. */
    public void finish() throws SQLException {
        update(source, "DELETE FROM ringshard.handover WHERE first_token = ? AND epoch = ?", first, epoch);
        update(
                source,
                "INSERT INTO ringshard.handover_history (first_token, last_token, epoch, source, target, row_count)"
                        + " VALUES (?, ?, ?, 'by hand', '" + targetName + "', 0)",
                first,
                last,
                epoch);
        source.commit();
    }

    /** Deletes the rows that were left behind. */
    public void purge() throws SQLException {
        delete(source);
        update(source, "DELETE FROM ringshard.departed_range WHERE first_token = ? AND epoch = ?", first, epoch);
        source.commit();
    }

    /** Lets go of the source's lock without handing over. */
    public void giveUp() throws SQLException {
        source.rollback();
    }

    private static int update(Connection connection, String sql, long... parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setLong(i + 1, parameters[i]);
            }
            return statement.executeUpdate();
        }
    }

    @Override
    public void close() throws SQLException {
        try (Connection one = source;
                Connection other = target) {
            one.rollback();
            other.rollback();
        }
    }
}
