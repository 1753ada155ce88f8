package dev.ringshard.internal.fence;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Locale;
import org.h2.api.Trigger;
import org.jspecify.annotations.Nullable;

/** On H2, refuses what is written to a reference table past Ringshard. It does what the function on PostgreSQL does. */
public final class H2ReferenceFence implements Trigger {
    private String table = "";

    /** Called by H2. */
    public H2ReferenceFence() {}

    @Override
    public void init(Connection connection, String schema, String trigger, String table, boolean before, int type) {
        this.table = schema + "." + table;
    }

    @Override
    public void fire(Connection connection, Object @Nullable [] before, Object @Nullable [] after) throws SQLException {
        try (PreparedStatement announced = connection.prepareStatement("SELECT CAST(@ringshard_reference AS VARCHAR)");
                ResultSet row = announced.executeQuery()) {
            if (row.next() && table.equals(row.getString(1))) {
                return;
            }
        }
        String name = table.substring(table.indexOf('.') + 1).toLowerCase(Locale.ROOT);
        throw new SQLException(
                "A write to the reference table %s is refused: every shard has the same rows of it. Nothing was written. Write to it by ringshard.reference(\"%s\").update(...), which writes to all shards."
                        .formatted(name, name),
                "RS007");
    }
}
