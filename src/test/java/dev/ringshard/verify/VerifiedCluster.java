package dev.ringshard.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.Ringshard;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.ring.TokenRange;
import dev.ringshard.testing.Parcel;
import dev.ringshard.testing.Parcels;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Parcels on three shards, to be damaged or moved by hand, and what a verification is expected to say. */
abstract class VerifiedCluster {
    static final int PARCELS = 40;

    final HandMade cluster = new HandMade(kind());
    final Ringshard ringshard = cluster.ringshard();
    final Parcels parcels = new Parcels(ringshard);
    final String key = cluster.keyOn("eu-1");
    final long token = cluster.token(key);

    abstract DatabaseKind kind();

    @BeforeEach
    void create() {
        parcels.createAll(IntStream.range(0, PARCELS)
                .mapToObj(i -> Parcel.of("p-" + i, "100.00"))
                .toList());
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    final void assertSoundButFor(Verification found, Occurrences<?>... expected) {
        List<Occurrences<?>> all = List.of(
                found.ring().uncovered(),
                found.ring().doublyOwned(),
                found.rows().misplaced(),
                found.rows().wrongTokens(),
                found.rows().duplicated(),
                found.rows().brokenForeignKeys());
        assertThat(all.stream().filter(one -> !one.isNone())).containsExactly(expected);
        assertThat(found.audits()).isEmpty();
        if (expected.length == 0) {
            assertThat(found.ring().setBack()).isEmpty();
            assertThat(found.unfenced()).matches(Occurrences::isNone);
        }
        assertThat(found.isSound()).isEqualTo(expected.length == 0);
        assertThat(found.isOk()).isEqualTo(expected.length == 0 && found.allLeftovers() == 0);
    }

    static <T> Occurrences<T> found(T only) {
        return new Occurrences<>(1, List.of(only));
    }

    static <T> Occurrences<T> found(T one, T other) {
        return new Occurrences<>(2, List.of(one, other));
    }

    static void assertAllParcelsAreThere(Verification found) {
        assertThat(found.extent().owned()).containsEntry("parcels", (long) PARCELS);
    }

    final TokenRange ownedRangeOf(String parcel) throws SQLException {
        String shard = cluster.shardOf(parcel);
        long of = cluster.token(parcel);
        String where = " FROM ringshard.owned_range WHERE " + of + " BETWEEN first_token AND last_token";
        return new TokenRange(
                cluster.number(shard, "SELECT first_token" + where),
                cluster.number(shard, "SELECT last_token" + where));
    }
}
