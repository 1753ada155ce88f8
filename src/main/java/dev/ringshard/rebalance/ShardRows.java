package dev.ringshard.rebalance;

import dev.ringshard.config.ShardedTable;
import dev.ringshard.internal.shard.Dialect;
import dev.ringshard.internal.shard.Shard;
import dev.ringshard.internal.shard.ShardTransaction;
import dev.ringshard.internal.shard.TableSize;
import dev.ringshard.ring.TokenMap;
import dev.ringshard.ring.TokenRange;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/** How many rows of each token a shard owns, in all tables that count, in one snapshot. Immutable: nobody changes the arrays. */
final class ShardRows {
    private static final int FETCHED_AT_ONCE = 10_000;

    /** So finely are rows told apart: a cell has no more than such a part of a shard's, unless one key has. */
    private static final int CELLS = 4_096;

    private final Shard shard;
    private final long[] tokens;
    private final double[] rows;
    private final boolean isSampled;

    private ShardRows(Shard shard, long[] tokens, double[] rows, boolean isSampled) {
        this.shard = shard;
        this.tokens = tokens;
        this.rows = rows;
        this.isSampled = isSampled;
    }

    /**
     * How much is read of a table, so that it takes seconds, however large it is.
     *
     * @param counted tables of up to so many rows are counted
     * @param sampled of larger ones about so many rows are read
     */
    record Effort(long counted, long sampled) {
        static final Effort USUAL = new Effort(1_000_000, 300_000);

        /** For who looks again and again. */
        static final Effort LITTLE = new Effort(100_000, 30_000);
    }

    /** Reads a shard. */
    static ShardRows of(Shard shard, List<ShardedTable> tables, TokenMap<String> owners, Effort effort) {
        return Objects.requireNonNull(shard.snapshot(reading -> of(reading, tables, owners, effort)));
    }

    private static ShardRows of(
            ShardTransaction reading, List<ShardedTable> tables, TokenMap<String> owners, Effort effort)
            throws SQLException {
        Dialect dialect = reading.shard().dialect();
        dialect.transactions().liftTimeLimits(reading.connection());
        List<String> counts = new ArrayList<>();
        boolean isSampled = false;
        for (ShardedTable table : tables) {
            Optional<TableSize> size = dialect.size(reading.connection(), table.name());
            if (size.isPresent()) {
                long all = size.get().rows();
                double part = all <= effort.counted() ? 1 : (double) effort.sampled() / all;
                Optional<String> sample = part == 1 ? Optional.empty() : dialect.sample(table.name(), part);
                isSampled |= sample.isPresent();
                counts.add("SELECT %s AS token, count(*) * CAST(%s AS DOUBLE PRECISION) AS held FROM %s GROUP BY %s"
                        .formatted(
                                dialect.token(table),
                                sample.isPresent() ? 1 / part : 1.0,
                                sample.orElse(table.name()),
                                dialect.token(table)));
            }
        }
        return counts.isEmpty()
                ? new ShardRows(reading.shard(), new long[0], new double[0], false)
                : read(reading, counts, owners, isSampled);
    }

    private static ShardRows read(
            ShardTransaction reading, List<String> counts, TokenMap<String> owners, boolean isSampled)
            throws SQLException {
        String name = reading.shard().name();
        String sql = "SELECT token, SUM(held) FROM (%s) counted GROUP BY token ORDER BY token"
                .formatted(String.join(" UNION ALL ", counts));
        long[] tokens = new long[1024];
        double[] rows = new double[1024];
        int found = 0;
        try (PreparedStatement select = reading.connection().prepareStatement(sql)) {
            select.setFetchSize(FETCHED_AT_ONCE);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    long token = row.getLong(1);
                    if (name.equals(owners.get(token))) { // what has left it may still be there
                        if (found == tokens.length) {
                            tokens = Arrays.copyOf(tokens, 2 * found);
                            rows = Arrays.copyOf(rows, 2 * found);
                        }
                        tokens[found] = token;
                        rows[found] = row.getDouble(2);
                        found++;
                    }
                }
            }
        }
        return new ShardRows(reading.shard(), Arrays.copyOf(tokens, found), Arrays.copyOf(rows, found), isSampled);
    }

    Shard shard() {
        return shard;
    }

    /** The tokens that have rows, ascending. */
    long[] tokens() {
        return tokens;
    }

    /** The rows of each token. */
    double[] rows() {
        return rows;
    }

    /** Whether a part of it is from samples. */
    boolean isSampled() {
        return isSampled;
    }

    double total() {
        return Arrays.stream(rows).sum();
    }

    /** The tokens of most rows, by their places; the heaviest first. */
    List<Integer> heaviest(int most) {
        return IntStream.range(0, tokens.length)
                .boxed()
                .sorted((one, other) -> Double.compare(rows[other], rows[one]))
                .limit(most)
                .toList();
    }

    /** A key of that token; empty if no table has keys. */
    Optional<String> key(long token, List<ShardedTable> tables) {
        return Objects.requireNonNull(shard.snapshot(reading -> {
            for (ShardedTable table : tables) {
                Optional<String> key = key(reading, table, token);
                if (key.isPresent()) {
                    return key;
                }
            }
            return Optional.<String>empty();
        }));
    }

    private static Optional<String> key(ShardTransaction reading, ShardedTable table, long token) throws SQLException {
        if (table.key().isEmpty()) {
            return Optional.empty();
        }
        String sql = "SELECT CAST(%s AS VARCHAR) FROM %s WHERE %s = ? FETCH FIRST 1 ROWS ONLY"
                .formatted(
                        table.key().get(),
                        table.name(),
                        reading.shard().dialect().token(table));
        try (PreparedStatement select = reading.connection().prepareStatement(sql)) {
            select.setLong(1, token);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? Optional.ofNullable(row.getString(1)) : Optional.empty();
            }
        }
    }

    /**
     * What the shard owns as cells of few rows, and one for each token of many.
     *
     * @param pinned tokens that are to be cells of their own
     */
    void addCells(TokenMap<String> owners, Set<Long> pinned, TokenMap.Builder<Long> cells) {
        double most = Math.max(1, total() / CELLS);
        int at = 0;
        for (TokenMap.Entry<String> owned : owners.entries()) {
            if (owned.value().equals(shard.name())) {
                for (TokenRange range : apart(owned.range(), pinned)) {
                    at = addCells(range, at, most, cells);
                }
            }
        }
    }

    private static List<TokenRange> apart(TokenRange whole, Set<Long> pinned) {
        List<TokenRange> pieces = new ArrayList<>();
        TokenRange rest = whole;
        for (long token : new TreeSet<>(pinned)) {
            TokenRange alone = new TokenRange(token, token);
            if (rest.contains(token)) {
                List<TokenRange> others = rest.without(alone);
                others.stream().filter(piece -> piece.last() < token).forEach(pieces::add);
                pieces.add(alone);
                Optional<TokenRange> after =
                        others.stream().filter(piece -> piece.first() > token).findFirst();
                if (after.isEmpty()) {
                    return pieces;
                }
                rest = after.get();
            }
        }
        pieces.add(rest);
        return pieces;
    }

    /** The place of the first token behind the range. */
    private int addCells(TokenRange range, int from, double most, TokenMap.Builder<Long> cells) {
        int at = from;
        while (at < tokens.length && tokens[at] < range.first()) {
            at++;
        }
        long first = range.first();
        double held = 0;
        while (at < tokens.length && tokens[at] <= range.last()) {
            boolean isNewCell = held > 0 && held + rows[at] > most;
            if (isNewCell && tokens[at - 1] >= first) {
                cells.put(new TokenRange(first, tokens[at - 1]), Math.round(held));
                first = tokens[at - 1] + 1;
                held = 0;
            }
            held += rows[at];
            at++;
        }
        cells.put(new TokenRange(first, range.last()), Math.round(held));
        return at;
    }
}
