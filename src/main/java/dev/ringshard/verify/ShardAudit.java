package dev.ringshard.verify;

import dev.ringshard.config.ShardedTable;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Consumer;

/** The part of an {@link Audit} that one shard has. For one thread. */
public interface ShardAudit {
    /** What it must read of the rows of a table besides key and token, as SQL expressions; none to be spared the table. */
    List<String> columns(ShardedTable table);

    /**
     * Takes a row of a table that it has columns of.
     *
     * @param row positioned on the row: {@code next} and {@code close} must not be called; the first of the {@link #columns} is at position {@code first}
     */
    void read(ShardedTable table, String key, long token, ResultSet row, int first) throws SQLException;

    /** After all rows of all tables: tells each key whose rows do not agree. */
    void end(Consumer<AuditFinding> found) throws SQLException;
}
