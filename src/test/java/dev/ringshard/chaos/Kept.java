package dev.ringshard.chaos;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * How much of each customer is on the shard, among some, that has most of it, whoever owns it.
 *
 * @param rows how many entries, if the customer's row is there, too, and knows of them; and how many notes
 */
record Kept(Map<String, Long> rows) {
    static final Kept NOTHING = new Kept(Map.of());

    Kept {
        rows = Map.copyOf(rows);
    }

    static Kept on(Collection<StagedShard> shards) throws SQLException {
        Kept kept = NOTHING;
        for (StagedShard shard : shards) {
            kept = kept.or(new Kept(read(shard)));
        }
        return kept;
    }

    private static Map<String, Long> read(StagedShard shard) throws SQLException {
        Map<String, Long> rows = new HashMap<>();
        try (Connection connection = shard.database().connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("""
                        SELECT 'entries of ' || customer_key, least(version, count(*))
                        FROM customers JOIN account_entries USING (customer_key) GROUP BY customer_key
                        UNION ALL
                        SELECT 'notes of ' || customer_key, count(*) FROM notes GROUP BY customer_key""")) {
            while (row.next()) {
                rows.put(row.getString(1), row.getLong(2));
            }
        }
        return rows;
    }

    /** On either. */
    Kept or(Kept other) {
        Map<String, Long> most = new HashMap<>(rows);
        other.rows.forEach((of, number) -> most.merge(of, number, Math::max));
        return new Kept(most);
    }
}
