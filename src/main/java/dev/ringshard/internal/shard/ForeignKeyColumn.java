package dev.ringshard.internal.shard;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * A column of a foreign key, with the column that it refers to; all names as the database keeps them.
 *
 * @param constraint the foreign key's name
 */
public record ForeignKeyColumn(
        String constraint,
        String childSchema,
        String childTable,
        String childColumn,
        String parentSchema,
        String parentTable,
        String parentColumn) {

    /** As JDBC's metadata tell them. */
    static List<ForeignKeyColumn> all(ResultSet metaData) throws SQLException {
        List<ForeignKeyColumn> all = new ArrayList<>();
        try (metaData) {
            while (metaData.next()) {
                all.add(new ForeignKeyColumn(
                        metaData.getString("FK_NAME"),
                        metaData.getString("FKTABLE_SCHEM"),
                        metaData.getString("FKTABLE_NAME"),
                        metaData.getString("FKCOLUMN_NAME"),
                        metaData.getString("PKTABLE_SCHEM"),
                        metaData.getString("PKTABLE_NAME"),
                        metaData.getString("PKCOLUMN_NAME")));
            }
        }
        return all;
    }
}
