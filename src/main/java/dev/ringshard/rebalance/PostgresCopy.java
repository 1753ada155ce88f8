package dev.ringshard.rebalance;

import dev.ringshard.ring.TokenRange;
import dev.ringshard.shard.ShardTransaction;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.postgresql.copy.CopyOut;

/** Binary COPY, piped from one PostgreSQL to another without unpacking a row. */
final class PostgresCopy implements RowCopy {

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
        String sql =
                "SELECT count(*), coalesce(sum(('x' || left(md5(row(%s)::text), 16))::bit(64)::bigint), 0) FROM %s WHERE %s"
                        .formatted(table.list(), table.table(), TableColumns.within(ranges));
        try (Statement statement = shard.connection().createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            BigDecimal sum = row.getBigDecimal(2);
            return new Digest(row.getLong(1), sum.toBigIntegerExact());
        }
    }

    private static PGConnection postgres(ShardTransaction transaction) throws SQLException {
        return transaction.connection().unwrap(PGConnection.class);
    }
}
