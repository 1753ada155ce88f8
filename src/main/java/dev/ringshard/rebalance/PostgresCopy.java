package dev.ringshard.rebalance;

import dev.ringshard.ring.TokenRange;
import dev.ringshard.shard.ShardTransaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.postgresql.copy.CopyOut;

/** Binary COPY, piped from one PostgreSQL to another without unpacking a row. */
record PostgresCopy() implements RowCopy {

    @Override
    public void copy(ShardTransaction source, ShardTransaction target, TableColumns table, List<TokenRange> ranges)
            throws SQLException {
        CopyOut out = postgres(source)
                .getCopyAPI()
                .copyOut("COPY (SELECT %s FROM %s WHERE %s) TO STDOUT (FORMAT BINARY)"
                        .formatted(table.list(), table.table(), TableColumns.within(ranges)));
        CopyIn in = null;
        try {
            in = postgres(target)
                    .getCopyAPI()
                    .copyIn("COPY %s (%s) FROM STDIN (FORMAT BINARY)".formatted(table.table(), table.list()));
            byte[] rows = out.readFromCopy();
            while (rows != null) {
                in.writeToCopy(rows, 0, rows.length);
                rows = out.readFromCopy();
            }
            in.endCopy();
        } finally {
            if (in != null && in.isActive()) {
                in.cancelCopy();
            }
            if (out.isActive()) {
                out.cancelCopy();
            }
        }
    }

    @Override
    public Digest digest(ShardTransaction shard, TableColumns table, List<TokenRange> ranges) throws SQLException {
        String sql = "SELECT ring_token, ('x' || left(md5(row(%s)::text), 16))::bit(64)::bigint FROM %s WHERE %s"
                .formatted(table.list(), table.table(), TableColumns.within(ranges));
        Digest digest = new Digest();
        try (Statement statement = shard.connection().createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                digest.add(rows.getLong(1), rows.getLong(2));
            }
        }
        return digest;
    }

    private static PGConnection postgres(ShardTransaction transaction) throws SQLException {
        return transaction.connection().unwrap(PGConnection.class);
    }
}
