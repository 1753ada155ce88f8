package dev.ringshard.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.ring.TokenRange;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;

/**
 * What must hold of a cluster after every test, read from the tables themselves while nothing runs: the ring is covered
 * exactly once; every row stands on the shard that owns its key's token, and carries that token if it carries one; no key is
 * on two shards; what rows say of others adds up; no connection leaked.
 */
final class SoundCluster {
    private final OpenCluster cluster;
    private final SoundRows rows;

    SoundCluster(OpenCluster cluster) {
        this.cluster = cluster;
        this.rows = cluster.config().bank().isOn() ? new SoundBooks() : new SoundParcels();
    }

    void check() throws SQLException {
        List<TokenRange> all = new ArrayList<>();
        for (Map.Entry<String, Connection> shard : cluster.connections().entrySet()) {
            List<TokenRange> owned = owned(shard.getValue());
            all.addAll(owned);
            rows.check(
                    shard.getValue(),
                    new OwnedTokens(
                            shard.getKey(), owned, cluster.config().ring().hash()));
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

    private void assertNoConnectionLeaked() {
        Awaitility.await("connections in use are given back")
                .atMost(Duration.ofSeconds(3))
                .untilAsserted(
                        () -> assertThat(cluster.ringshard().connections()).allSatisfy(shard -> assertThat(
                                        shard.pool().orElseThrow().active())
                                .as("connections of shard %s in use", shard.shard())
                                .isZero()));
    }
}
