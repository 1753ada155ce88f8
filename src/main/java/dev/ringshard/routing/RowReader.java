package dev.ringshard.routing;

import java.sql.ResultSet;
import java.sql.SQLException;

/** Reads a value from the row that a result set stands on. */
@FunctionalInterface
public interface RowReader<T> {
    /** Reads columns by name or by position; must not move the result set. */
    T read(ResultSet row) throws SQLException;
}
