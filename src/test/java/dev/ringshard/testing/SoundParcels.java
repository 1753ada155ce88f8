package dev.ringshard.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;

/** Of {@link Parcels}: a parcel's postage is the sum of its stamps. */
final class SoundParcels implements SoundRows {
    private final Map<String, String> shardOfKey = new HashMap<>();

    @Override
    public void check(Connection connection, OwnedTokens owned) throws SQLException {
        Map<String, BigDecimal> sums = sums(connection, owned);
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT parcel_key, ring_token, postage FROM parcels")) {
            while (row.next()) {
                String key = row.getString(1);
                owned.assertContain(key, row.getLong(2));
                assertThat(shardOfKey.put(key, owned.shard()))
                        .as("other shard with parcel %s", key)
                        .isNull();
                BigDecimal sum = sums.remove(key);
                assertThat(row.getBigDecimal(3))
                        .as("postage of %s, against the sum of its stamps", key)
                        .isEqualTo(sum == null ? new BigDecimal("0.00") : sum);
            }
        }
        assertThat(sums)
                .as("stamps without a parcel on shard %s", owned.shard())
                .isEmpty();
    }

    private static Map<String, BigDecimal> sums(Connection connection, OwnedTokens owned) throws SQLException {
        Map<String, BigDecimal> sums = new HashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery("SELECT parcel_key, sum(amount) FROM stamps GROUP BY parcel_key")) {
            while (row.next()) {
                owned.assertContain(row.getString(1));
                sums.put(row.getString(1), row.getBigDecimal(2));
            }
        }
        return sums;
    }
}
