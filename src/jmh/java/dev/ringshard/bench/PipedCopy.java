package dev.ringshard.bench;

import dev.ringshard.config.DatabaseSource;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.rebalance.ShardMove;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.postgresql.copy.CopyOut;

/** Rows moved as a person would by hand: {@code COPY TO} piped into {@code COPY FROM}, a table after the other. */
final class PipedCopy {
    private PipedCopy() {}

    /**
     * Copies what these moves would, and returns how many rows a second that were.
     *
     * @param tokens the expression of the token of each table's rows
     * @param to has the tables, with the same keys and indexes
     */
    static double of(RingshardConfig config, List<ShardMove> moves, Map<String, String> tokens, Connection to)
            throws SQLException, IOException {
        long start = System.nanoTime();
        long copied = 0;
        for (ShardMove move : moves) {
            try (Connection from = connect(config.shard(move.source()).orElseThrow())) {
                for (Map.Entry<String, String> table : tokens.entrySet()) {
                    copied += pipe(from, to, table.getKey(), ranges(move, table.getValue()));
                }
            }
        }
        return copied * 1e9 / (System.nanoTime() - start);
    }

    /** Past Ringshard. */
    static Connection connect(ShardConfig shard) throws SQLException {
        if (shard.source() instanceof DatabaseSource.Jdbc jdbc) {
            return DriverManager.getConnection(jdbc.url(), jdbc.user(), "");
        }
        throw new IllegalStateException("no URL");
    }

    private static String ranges(ShardMove move, String token) {
        return String.join(
                " OR ",
                move.pieces().stream()
                        .map(piece -> piece.range())
                        .map(range -> "%s BETWEEN %d AND %d".formatted(token, range.first(), range.last()))
                        .toList());
    }

    private static long pipe(Connection from, Connection to, String table, String where)
            throws SQLException, IOException {
        String columns = columns(from, table);
        CopyOut out = from.unwrap(PGConnection.class)
                .getCopyAPI()
                .copyOut("COPY (SELECT %s FROM %s WHERE %s) TO STDOUT (FORMAT BINARY)".formatted(columns, table, where));
        CopyIn in = to.unwrap(PGConnection.class)
                .getCopyAPI()
                .copyIn("COPY %s (%s) FROM STDIN (FORMAT BINARY)".formatted(table, columns));
        byte[] rows = out.readFromCopy();
        while (rows != null) {
            in.writeToCopy(rows, 0, rows.length);
            rows = out.readFromCopy();
        }
        return in.endCopy();
    }

    /** All that are not generated. */
    private static String columns(Connection connection, String table) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("""
                        SELECT string_agg(attname, ', ') FROM pg_attribute
                        WHERE attrelid = '%s'::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''"""
                                .formatted(table))) {
            row.next();
            return row.getString(1);
        }
    }
}
