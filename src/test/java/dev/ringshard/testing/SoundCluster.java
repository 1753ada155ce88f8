package dev.ringshard.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.ring.KeyHash;
import dev.ringshard.ring.TokenRange;
import dev.ringshard.status.ClusterStatus.ShardStatus;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What must hold of a cluster after every test, read from the tables themselves while nothing runs: the ring is covered
 * exactly once; every row carries its key's token and stands on the shard that owns it; no key is on two shards; a
 * balance is the sum of its entries, and each entry's balance the sum so far; no connection leaked.
 */
final class SoundCluster {
    private static final List<String> BALANCES = List.of("SAVINGS", "CHECKING", "RETIREMENT_401K");

    private final OpenCluster cluster;
    private final KeyHash hash;
    private final Map<String, String> shardOfKey = new HashMap<>();

    SoundCluster(OpenCluster cluster) {
        this.cluster = cluster;
        this.hash = cluster.config().ring().hash();
    }

    void check() throws SQLException {
        List<TokenRange> all = new ArrayList<>();
        for (Map.Entry<String, Connection> shard : cluster.connections().entrySet()) {
            List<TokenRange> owned = owned(shard.getValue());
            all.addAll(owned);
            checkRows(shard.getKey(), shard.getValue(), owned);
        }
        assertCoversRingOnce(all);
        assertNoConnectionLeaked();
    }

    private static List<TokenRange> owned(Connection connection) throws SQLException {
        List<TokenRange> owned = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT first_token, last_token FROM ringshard.owned_range")) {
            while (rows.next()) {
                owned.add(new TokenRange(rows.getLong(1), rows.getLong(2)));
            }
        }
        return owned;
    }

    private static void assertCoversRingOnce(List<TokenRange> ranges) {
        List<TokenRange> ascending = ranges.stream().sorted().toList();
        assertThat(ascending.get(0).first()).as("the ring's first token").isEqualTo(Long.MIN_VALUE);
        assertThat(ascending.get(ascending.size() - 1).last())
                .as("the ring's last token")
                .isEqualTo(Long.MAX_VALUE);
        for (int i = 1; i < ascending.size(); i++) {
            assertThat(ascending.get(i).first())
                    .as("the token after %s", ascending.get(i - 1))
                    .isEqualTo(ascending.get(i - 1).last() + 1);
        }
    }

    private void checkRows(String shard, Connection connection, List<TokenRange> owned) throws SQLException {
        Map<String, BigDecimal> sums = sums(connection, owned);
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT customer_key, ring_token, savings, checking, retirement_401k FROM customers")) {
            while (row.next()) {
                String key = row.getString(1);
                assertAtHome(key, row.getLong(2), owned);
                assertThat(shardOfKey.put(key, shard))
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
        assertThat(sums).as("entries without a customer on shard %s", shard).isEmpty();
    }

    /** The sum of each account's entries; checks them on the way. */
    private Map<String, BigDecimal> sums(Connection connection, List<TokenRange> owned) throws SQLException {
        Map<String, BigDecimal> sums = new HashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT customer_key, ring_token, account, amount, balance_after"
                        + " FROM account_entries ORDER BY customer_key, entry_number")) {
            while (row.next()) {
                assertAtHome(row.getString(1), row.getLong(2), owned);
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

    private void assertAtHome(String key, long token, List<TokenRange> owned) {
        assertThat(token).as("ring_token of %s", key).isEqualTo(hash.token(key));
        if (owned.stream().noneMatch(range -> range.contains(token))) {
            throw new AssertionError("A row of " + key + " is on a shard that does not own its token " + token + ".");
        }
    }

    private void assertNoConnectionLeaked() {
        for (ShardStatus shard : cluster.ringshard().status().shards()) {
            assertThat(shard.pool().orElseThrow().active())
                    .as("connections of shard %s in use", shard.name())
                    .isZero();
        }
    }
}
