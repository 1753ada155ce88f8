package dev.ringshard.cli;

import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The columns of a query's rows. */
record SqlColumns(List<Column> columns) {

    /** @param isNumber whether its values stand to the right */
    record Column(String label, boolean isNumber) {}

    SqlColumns {
        columns = List.copyOf(columns);
    }

    static SqlColumns of(ResultSetMetaData metadata) throws SQLException {
        List<Column> columns = new ArrayList<>();
        for (int i = 1; i <= metadata.getColumnCount(); i++) {
            columns.add(new Column(metadata.getColumnLabel(i), isNumber(metadata.getColumnType(i))));
        }
        return new SqlColumns(columns);
    }

    private static boolean isNumber(int type) {
        return switch (type) {
            case Types.TINYINT,
                    Types.SMALLINT,
                    Types.INTEGER,
                    Types.BIGINT,
                    Types.NUMERIC,
                    Types.DECIMAL,
                    Types.REAL,
                    Types.FLOAT,
                    Types.DOUBLE -> true;
            default -> false;
        };
    }

    /** The current row's values: texts as the database writes them, and of what JSON has its own words for, these. */
    List<@Nullable Object> values(ResultSet row) throws SQLException {
        List<@Nullable Object> values = new ArrayList<>();
        for (int i = 1; i <= columns.size(); i++) {
            Object value = row.getObject(i);
            if (value instanceof byte[] bytes) {
                values.add("\\x" + HexFormat.of().formatHex(bytes));
            } else if (value == null
                    || value instanceof Boolean
                    || value instanceof Integer
                    || value instanceof Short) {
                values.add(value);
            } else {
                values.add(row.getString(i));
            }
        }
        return values;
    }
}
