package dev.ringshard.jdbc;

/** Rows of all shards that tell where they are from: {@code rows.unwrap(RowOrigin.class).shard()}. */
public interface RowOrigin {
    /**
     * The shard that has the current row.
     *
     * @throws java.sql.SQLException if there is none: before the first row, behind the last, or once the rows are closed
     */
    String shard() throws java.sql.SQLException;
}
