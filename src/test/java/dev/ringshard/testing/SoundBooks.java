package dev.ringshard.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Of the bank: a balance is the sum of its entries, and each entry's balance the sum so far. */
final class SoundBooks implements SoundRows {
    private static final List<String> BALANCES = List.of("SAVINGS", "CHECKING", "RETIREMENT_401K");

    private final Map<String, String> shardOfKey = new HashMap<>();

    @Override
    public void check(Connection connection, OwnedTokens owned) throws SQLException {
        Map<String, BigDecimal> sums = sums(connection, owned);
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT customer_key, ring_token, savings, checking, retirement_401k FROM customers")) {
            while (row.next()) {
                String key = row.getString(1);
                owned.assertContain(key, row.getLong(2));
                assertThat(shardOfKey.put(key, owned.shard()))
                        .as("other shard with customer %s", key)
                        .isNull();
                for (int i = 0; i < BALANCES.size(); i++) {
                    BigDecimal sum = sums.remove(account(key, BALANCES.get(i)));
                    assertThat(row.getBigDecimal(3 + i))
                            .as("balance of %s of %s, against the sum of its entries", BALANCES.get(i), key)
                            .isEqualTo(sum == null ? new BigDecimal("0.00") : sum);
                }
            }
        }
        assertThat(sums)
                .as("entries without a customer on shard %s", owned.shard())
                .isEmpty();
    }

    /** The sum of each account's entries; checks them on the way. */
    private static Map<String, BigDecimal> sums(Connection connection, OwnedTokens owned) throws SQLException {
        Map<String, BigDecimal> sums = new HashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT customer_key, ring_token, account, amount, balance_after"
                        + " FROM account_entries ORDER BY customer_key, entry_number")) {
            while (row.next()) {
                owned.assertContain(row.getString(1), row.getLong(2));
                String account = account(row.getString(1), row.getString(3));
                BigDecimal sum = sums.merge(account, row.getBigDecimal(4), BigDecimal::add);
                assertThat(row.getBigDecimal(5))
                        .as("balance after an entry of %s, against the sum so far", account)
                        .isEqualTo(sum);
            }
        }
        return sums;
    }

    private static String account(String key, String account) {
        return account + " of " + key;
    }
}
