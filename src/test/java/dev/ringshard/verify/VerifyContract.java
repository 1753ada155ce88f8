package dev.ringshard.verify;

import static dev.ringshard.verify.HandMade.next;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.Ringshard;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.config.ShardedTable;
import dev.ringshard.failure.CorruptionException;
import dev.ringshard.failure.ShardUnavailableException;
import dev.ringshard.ring.TokenRange;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/**
 * A cluster that is damaged by hand, past the fence, in each way that a verification must find. Every test damages one
 * thing, and says what else may be reported because of it: nothing, unless it says so.
 */
abstract class VerifyContract extends VerifiedCluster {
    @Test
    void a_sound_cluster_is_ok_and_all_of_its_rows_were_read() {
        Verification found = ringshard.verify();

        assertSoundButFor(found);
        assertThat(found.isOk()).isTrue();
        assertThat(found.extent().shards()).isEqualTo(3);
        assertAllParcelsAreThere(found);
        assertThat(found.extent().rows()).isEqualTo(PARCELS * 2);
        assertThat(found.extent().rowsPerSecond()).isPositive();
    }

    @Test
    void a_cluster_without_rows_is_ok() throws SQLException {
        for (String shard : List.of("eu-1", "eu-2", "eu-3")) {
            cluster.damage(shard, "DELETE FROM stamps");
            cluster.damage(shard, "DELETE FROM parcels");
        }

        Verification found = ringshard.verify();

        assertThat(found.isOk()).isTrue();
        assertThat(found.extent().rows()).isZero();
    }

    @Test
    void a_row_on_a_shard_that_does_not_own_its_token_is_misplaced() throws SQLException {
        long strayToken = cluster.token("stray");
        String owner = cluster.shardOf("stray");
        cluster.insertParcel(next(owner), "stray", strayToken);

        Verification found = ringshard.verify();

        assertSoundButFor(
                found,
                found(new MisplacedRow(next(owner), "parcels", Optional.of("stray"), strayToken, Optional.of(owner))));
        assertAllParcelsAreThere(found);
    }

    @Test
    void a_child_row_on_a_shard_that_does_not_own_its_token_is_misplaced() throws SQLException {
        cluster.insertStamp("eu-2", key);

        assertSoundButFor(
                ringshard.verify(),
                found(new MisplacedRow("eu-2", "stamps", Optional.of(key), token, Optional.of("eu-1"))),
                found(new SharedKey(key, List.of("eu-1", "eu-2"))));
    }

    @Test
    void a_token_that_is_not_the_keys_is_found_although_the_shard_owns_it() throws SQLException {
        long wrong = token == cluster.rangeOf(key).first() ? token + 1 : token - 1;
        cluster.damage("eu-1", "UPDATE parcels SET ring_token = %d WHERE parcel_key = '%s'".formatted(wrong, key));

        assertSoundButFor(
                ringshard.verify(),
                found(new WrongToken("eu-1", "parcels", key, wrong, OptionalLong.of(token))),
                found(
                        new BrokenForeignKey( // its stamp's token is the key's
                                "eu-1",
                                "stamps",
                                "stamps_parcel",
                                "parcels",
                                Optional.of(key),
                                token,
                                OptionalLong.of(wrong))));
    }

    @Test
    void a_wrong_token_that_lies_where_a_purge_would_delete_is_found() throws SQLException {
        cluster.damage(
                "eu-1",
                "INSERT INTO ringshard.departed_range (first_token, last_token, epoch, target) SELECT first_token, last_token, 9, 'eu-2' FROM (VALUES (%1$d, %1$d)) AS one (first_token, last_token)"
                        .formatted(foreignToken()));
        cluster.damage(
                "eu-1", "UPDATE parcels SET ring_token = %d WHERE parcel_key = '%s'".formatted(foreignToken(), key));

        Verification found = ringshard.verify();

        assertThat(found.rows().wrongTokens().examples())
                .containsExactly(new WrongToken("eu-1", "parcels", key, foreignToken(), OptionalLong.of(token)));
        assertThat(found.rows().misplaced().isNone()).isTrue();
    }

    private long foreignToken() {
        return cluster.token(cluster.keyOn("eu-2"));
    }

    @Test
    void a_row_whose_key_cannot_be_one_is_found() throws SQLException {
        cluster.insertParcel("eu-1", "", token);

        assertSoundButFor(
                ringshard.verify(), found(new WrongToken("eu-1", "parcels", "", token, OptionalLong.empty())));
    }

    @Test
    void a_key_on_two_shards_is_found_with_both() throws SQLException {
        cluster.insertParcel("eu-3", key, token);

        assertSoundButFor(
                ringshard.verify(),
                found(new MisplacedRow("eu-3", "parcels", Optional.of(key), token, Optional.of("eu-1"))),
                found(new SharedKey(key, List.of("eu-1", "eu-3"))));
    }

    @Test
    void a_key_on_three_shards_is_told_once() throws SQLException {
        cluster.insertParcel("eu-2", key, token);
        cluster.insertParcel("eu-3", key, token);

        Verification found = ringshard.verify();

        assertThat(found.rows().misplaced().count()).isEqualTo(2);
        assertThat(found.rows().duplicated()).isEqualTo(found(new SharedKey(key, List.of("eu-1", "eu-2", "eu-3"))));
    }

    @Test
    void a_key_with_a_wrong_token_where_it_does_not_belong_is_on_two_shards() throws SQLException {
        cluster.insertParcel("eu-2", key, foreignToken());

        assertSoundButFor(
                ringshard.verify(),
                found(new WrongToken("eu-2", "parcels", key, foreignToken(), OptionalLong.of(token))),
                found(new SharedKey(key, List.of("eu-1", "eu-2"))));
    }

    @Test
    void a_range_that_nobody_owns_is_found_with_the_rows_that_nobody_serves() throws SQLException {
        TokenRange range = ownedRangeOf(key);
        cluster.damage("eu-1", "DELETE FROM ringshard.owned_range WHERE first_token = " + range.first());

        Verification found = cluster.verifyImpatiently();

        assertThat(found.ring().uncovered()).isEqualTo(found(range));
        assertThat(found.ring().doublyOwned().isNone()).isTrue();
        assertThat(found.rows().misplaced().examples())
                .contains(new MisplacedRow("eu-1", "parcels", Optional.of(key), token, Optional.empty()));
        assertThat(found.rows().duplicated().isNone()).isTrue();
    }

    @Test
    void a_range_that_two_shards_own_is_found_with_both_and_so_are_the_keys_that_both_have() throws SQLException {
        cluster.damage(
                "eu-2",
                "INSERT INTO ringshard.owned_range (first_token, last_token, epoch) VALUES (%1$d, %1$d, 7)"
                        .formatted(token));
        cluster.insertParcel("eu-2", key, token);

        assertSoundButFor(
                cluster.verifyImpatiently(),
                found(new SharedRange(new TokenRange(token, token), List.of("eu-1", "eu-2"))),
                found(new SharedKey(key, List.of("eu-1", "eu-2"))));
    }

    @Test
    void a_range_that_is_owned_and_recorded_as_departed_is_found_and_no_recovery_deletes_its_rows()
            throws SQLException {
        cluster.damage(
                "eu-1",
                "INSERT INTO ringshard.departed_range (first_token, last_token, epoch, target) VALUES (%1$d, %1$d, 1, 'eu-2')"
                        .formatted(token));

        Verification found = ringshard.verify();

        assertSoundButFor(found, found(new SharedRange(new TokenRange(token, token), List.of("eu-1"))));
        assertThatThrownBy(ringshard::recover)
                .isInstanceOf(CorruptionException.class)
                .hasMessageContaining("eu-1")
                .hasMessageContaining("Nothing was deleted");
        assertThat(parcels.find(key)).isPresent();
    }

    @Test
    void of_many_findings_some_are_named_and_all_are_counted() throws SQLException {
        for (String shard : List.of("eu-1", "eu-2", "eu-3")) {
            cluster.damage(shard, "UPDATE parcels SET ring_token = ring_token + 1");
        }

        Occurrences<WrongToken> found =
                ringshard.verify(7, VerifyProgress.NONE).rows().wrongTokens();

        assertThat(found.count()).isEqualTo(PARCELS);
        assertThat(found.examples()).hasSize(7).doesNotHaveDuplicates();
        assertThat(ringshard.verify(0, VerifyProgress.NONE).rows().wrongTokens())
                .isEqualTo(new Occurrences<>(PARCELS, List.of()));
    }

    @Test
    void progress_ends_with_all_rows_and_knew_about_how_many_there_are() {
        AtomicLong rows = new AtomicLong();
        AtomicLong estimated = new AtomicLong();
        ringshard.verify(1, (done, all) -> {
            rows.accumulateAndGet(done, Math::max);
            estimated.set(all);
        });

        assertThat(rows).hasValue(PARCELS * 2);
        assertThat(estimated.get()).isPositive();
    }

    @Test
    void other_sharded_tables_are_checked_for_place_and_if_they_have_keys_for_tokens() throws SQLException {
        for (String shard : List.of("eu-1", "eu-2", "eu-3")) {
            cluster.damage(shard, "CREATE TABLE notes (ring_token bigint NOT NULL, Customer_Key varchar(255))");
            cluster.damage(shard, "CREATE TABLE keyless (ring_token bigint NOT NULL, text varchar(10))");
        }
        cluster.damage("eu-1", "INSERT INTO notes VALUES (%d, '%s'), (%d, NULL)".formatted(token, key, token));
        cluster.damage("eu-1", "INSERT INTO notes VALUES (%d, 'other')".formatted(token));
        cluster.damage("eu-2", "INSERT INTO notes VALUES (%d, '%s')".formatted(token, key));
        cluster.damage("eu-1", "INSERT INTO keyless VALUES (%d, 'fine')".formatted(token));
        cluster.damage("eu-2", "INSERT INTO keyless VALUES (%d, 'stray')".formatted(token));

        Verification found = cluster.verifyWith(
                ShardedTable.byToken("notes", "ring_token").withKey("customer_key"),
                ShardedTable.byToken("keyless", "ring_token"));

        assertSoundButFor(
                found,
                found(
                        new MisplacedRow("eu-2", "notes", Optional.of(key), token, Optional.of("eu-1")),
                        new MisplacedRow("eu-2", "keyless", Optional.empty(), token, Optional.of("eu-1"))),
                found(new WrongToken("eu-1", "notes", "other", token, OptionalLong.of(cluster.token("other")))),
                found(new SharedKey(key, List.of("eu-1", "eu-2"))));
        assertThat(found.extent().rows()).isEqualTo(PARCELS * 2 + 6);
    }

    @Test
    void a_shard_that_is_down_is_an_error_and_nothing_is_claimed_about_the_others() {
        ShardConfig down = ShardConfig.of("eu-2", "jdbc:postgresql://localhost:1/nowhere", "nobody", "");
        RingshardConfig config =
                cluster.config().withShard(down.withPool(down.pool().withConnectionTimeout(Duration.ofMillis(250))));
        try (Ringshard half = Ringshard.open(config)) {
            assertThatThrownBy(half::verify)
                    .isInstanceOf(ShardUnavailableException.class)
                    .hasMessageContaining("eu-2");
        }
    }
}
