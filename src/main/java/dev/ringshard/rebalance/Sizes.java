package dev.ringshard.rebalance;

import dev.ringshard.config.ShardedTable;
import dev.ringshard.internal.handover.TableColumns;
import dev.ringshard.internal.shard.Dialect;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.ShardTransaction;
import dev.ringshard.rebalance.ShardMove.Piece;
import dev.ringshard.ring.TokenRange;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/** Counts and estimates what stands in token ranges of a shard. */
record Sizes(List<ShardedTable> tables) {
    private static final int SAMPLE = 200;

    Sizes {
        tables = List.copyOf(tables);
    }

    /** Counts the rows of each range, in one snapshot, and estimates the bytes of all from a sample. */
    ShardMove measured(Shard source, String target, List<TokenRange> ranges) {
        return Objects.requireNonNull(source.snapshot(transaction -> {
            List<Piece> pieces = new ArrayList<>();
            double bytes = 0;
            for (TokenRange range : ranges) {
                pieces.add(new Piece(range, 0));
            }
            for (ShardedTable table : tables) {
                long rows = addCounts(transaction, table, pieces);
                bytes += rows == 0 ? 0 : rows * bytesPerRow(transaction, table, ranges);
            }
            return new ShardMove(source.name(), target, pieces, Math.round(bytes));
        }));
    }

    private static long addCounts(ShardTransaction shard, ShardedTable table, List<Piece> pieces) throws SQLException {
        long all = 0;
        try (PreparedStatement count = shard.connection()
                .prepareStatement("SELECT count(*) FROM %s WHERE %s BETWEEN ? AND ?"
                        .formatted(table.name(), shard.shard().dialect().token(table)))) {
            for (int i = 0; i < pieces.size(); i++) {
                Piece piece = pieces.get(i);
                count.setLong(1, piece.range().first());
                count.setLong(2, piece.range().last());
                try (ResultSet row = count.executeQuery()) {
                    row.next();
                    all += row.getLong(1);
                    pieces.set(i, new Piece(piece.range(), piece.rows() + row.getLong(1)));
                }
            }
        }
        return all;
    }

    /** By the database: one value may be larger than this process. */
    private static double bytesPerRow(ShardTransaction shard, ShardedTable table, List<TokenRange> ranges)
            throws SQLException {
        Dialect dialect = shard.shard().dialect();
        String sample = TableColumns.of(shard, table).columns().stream()
                .map(column -> "COALESCE(%s, 0)".formatted(dialect.bytes(column)))
                .collect(Collectors.joining(" + "));
        String sql = "SELECT AVG(%s) FROM (SELECT * FROM %s WHERE %s FETCH FIRST %d ROWS ONLY) sampled"
                .formatted(
                        sample,
                        table.name(),
                        TableColumns.within(dialect.token(table), ranges.subList(0, Math.min(ranges.size(), SAMPLE))),
                        SAMPLE);
        try (PreparedStatement select = shard.connection().prepareStatement(sql);
                ResultSet row = select.executeQuery()) {
            return row.next() ? row.getDouble(1) : 0;
        }
    }

    /** The first keys of some ranges, in order, by the first table that has keys there; empty if none has. */
    List<String> keys(Shard shard, List<TokenRange> ranges, int most) {
        return Objects.requireNonNull(shard.snapshot(transaction -> {
            List<String> keys = new ArrayList<>();
            for (ShardedTable table : tables) {
                if (keys.isEmpty() && table.key().isPresent()) {
                    keys.addAll(keys(transaction, table, table.key().get(), ranges, most));
                }
            }
            return keys;
        }));
    }

    private static List<String> keys(
            ShardTransaction shard, ShardedTable table, String column, List<TokenRange> ranges, int most)
            throws SQLException {
        String sql = "SELECT DISTINCT CAST(%s AS VARCHAR) FROM %s WHERE %s ORDER BY 1 FETCH FIRST %d ROWS ONLY"
                .formatted(
                        column,
                        table.name(),
                        TableColumns.within(shard.shard().dialect().token(table), ranges),
                        most);
        List<String> keys = new ArrayList<>();
        try (PreparedStatement select = shard.connection().prepareStatement(sql);
                ResultSet row = select.executeQuery()) {
            while (row.next()) {
                keys.add(row.getString(1));
            }
        }
        return keys;
    }

    /** The token of the row that so many others stand before, in the table where that is soonest; empty if there are fewer. */
    OptionalLong tokenAfter(Shard shard, TokenRange range, long rows) {
        return Objects.requireNonNull(shard.snapshot(transaction -> {
            OptionalLong soonest = OptionalLong.empty();
            for (ShardedTable table : tables) {
                OptionalLong token = tokenAfter(transaction, table, range, rows);
                if (token.isPresent() && (soonest.isEmpty() || token.getAsLong() < soonest.getAsLong())) {
                    soonest = token;
                }
            }
            return soonest;
        }));
    }

    private static OptionalLong tokenAfter(ShardTransaction shard, ShardedTable table, TokenRange range, long rows)
            throws SQLException {
        String sql = "SELECT %2$s FROM %1$s WHERE %2$s BETWEEN ? AND ? ORDER BY %2$s"
                        .formatted(table.name(), shard.shard().dialect().token(table))
                + " OFFSET %d ROWS FETCH NEXT 1 ROWS ONLY".formatted(rows);
        try (PreparedStatement select = shard.connection().prepareStatement(sql)) {
            select.setLong(1, range.first());
            select.setLong(2, range.last());
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? OptionalLong.of(row.getLong(1)) : OptionalLong.empty();
            }
        }
    }
}
