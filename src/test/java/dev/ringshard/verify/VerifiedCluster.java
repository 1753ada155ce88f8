package dev.ringshard.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.Ringshard;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.ring.TokenRange;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Customers on three shards, to be damaged or moved by hand, and what a verification is expected to say. */
abstract class VerifiedCluster {
    static final int CUSTOMERS = 40;
    static final int ENTRIES_EACH = 3;
    static final BigDecimal ONE = new BigDecimal("1.00");

    final HandMade cluster = new HandMade(kind());
    final Ringshard bank = cluster.bank();
    final String key = cluster.keyOn("eu-1");
    final long token = cluster.token(key);

    abstract DatabaseKind kind();

    @BeforeEach
    void create() {
        cluster.create(IntStream.range(0, CUSTOMERS).mapToObj(i -> "c-" + i).toList());
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    final void assertSoundButFor(Verification found, Found<?>... expected) {
        List<Found<?>> all = List.of(
                found.ring().uncovered(),
                found.ring().doublyOwned(),
                found.rows().misplaced(),
                found.rows().wrongTokens(),
                found.rows().duplicated(),
                found.rows().brokenReferences(),
                unbalanced(found));
        assertThat(all.stream().filter(one -> !one.isNone())).containsExactly(expected);
        assertThat(found.isSound()).isEqualTo(expected.length == 0);
        assertThat(found.isOk()).isEqualTo(expected.length == 0 && found.allLeftovers() == 0);
    }

    static <T> Found<T> found(T only) {
        return new Found<>(1, List.of(only));
    }

    static <T> Found<T> found(T one, T other) {
        return new Found<>(2, List.of(one, other));
    }

    static Found<AuditFinding> unbalanced(Verification found) {
        assertThat(found.audits()).extracting(AuditFindings::kind).containsExactly("unbalanced");
        return found.audits().get(0).found();
    }

    final AuditFinding unbalanced(String balance, String entries) {
        return new AuditFinding("eu-1", key, "SAVINGS holds %s, its entries add up to %s".formatted(balance, entries));
    }

    static void assertAllCustomersAreThere(Verification found) {
        assertThat(found.extent().owned()).containsEntry("customers", (long) CUSTOMERS);
    }

    final TokenRange ownedRangeOf(String customer) throws SQLException {
        String shard = cluster.shardOf(customer);
        long of = cluster.token(customer);
        String where = " FROM ringshard.owned_range WHERE " + of + " BETWEEN first_token AND last_token";
        return new TokenRange(
                cluster.number(shard, "SELECT first_token" + where),
                cluster.number(shard, "SELECT last_token" + where));
    }
}
