package dev.ringshard.verify;

import static dev.ringshard.verify.HandMade.next;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.Ringshard;
import dev.ringshard.bank.Account;
import dev.ringshard.bank.AccountRef;
import dev.ringshard.bank.NewCustomer;
import dev.ringshard.bank.OperationId;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.config.ShardConfig;
import dev.ringshard.config.ShardedTable;
import dev.ringshard.failure.CorruptionException;
import dev.ringshard.failure.ShardUnavailableException;
import dev.ringshard.ring.TokenRange;
import java.math.BigDecimal;
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
        Verification found = bank.verify();

        assertSoundButFor(found);
        assertThat(found.isOk()).isTrue();
        assertThat(found.extent().shards()).isEqualTo(3);
        assertAllCustomersAreThere(found);
        assertThat(found.extent().rows()).isEqualTo(CUSTOMERS * (1 + ENTRIES_EACH));
        assertThat(found.extent().rowsPerSecond()).isPositive();
    }

    @Test
    void a_cluster_without_customers_is_ok() throws SQLException {
        for (String shard : List.of("eu-1", "eu-2", "eu-3")) {
            cluster.damage(shard, "DELETE FROM account_entries");
            cluster.damage(shard, "DELETE FROM customers");
        }

        Verification found = bank.verify();

        assertThat(found.isOk()).isTrue();
        assertThat(found.extent().rows()).isZero();
    }

    @Test
    void deposits_withdrawals_and_transfers_leave_it_sound() {
        String other = cluster.keyOn("eu-2");
        bank.customers().deposit(key, Account.SAVINGS, new BigDecimal("12345.67"), OperationId.random());
        bank.customers().withdraw(other, Account.CHECKING, ONE, OperationId.random());
        bank.customers()
                .transfer(
                        new AccountRef(key, Account.SAVINGS),
                        new AccountRef(key, Account.CHECKING),
                        ONE,
                        OperationId.random());
        bank.customers().create(new NewCustomer("poor", "Ada", "Lovelace"));
        bank.customers().delete("poor");

        assertSoundButFor(bank.verify());
    }

    @Test
    void a_row_on_a_shard_that_does_not_own_its_token_is_misplaced() throws SQLException {
        long strayToken = cluster.token("stray");
        String owner = cluster.shardOf("stray");
        cluster.insertCustomer(next(owner), "stray", strayToken);

        Verification found = bank.verify();

        assertSoundButFor(
                found,
                found(new MisplacedRow(
                        next(owner), "customers", Optional.of("stray"), strayToken, Optional.of(owner))));
        assertAllCustomersAreThere(found);
    }

    @Test
    void an_entry_on_a_shard_that_does_not_own_its_token_is_misplaced() throws SQLException {
        cluster.insertEntry("eu-2", key, token, "5.00");

        assertSoundButFor(
                bank.verify(),
                found(new MisplacedRow("eu-2", "account_entries", Optional.of(key), token, Optional.of("eu-1"))),
                found(new SharedKey(key, List.of("eu-1", "eu-2"))));
    }

    @Test
    void a_token_that_is_not_the_keys_is_found_although_the_shard_owns_it() throws SQLException {
        long wrong = token == cluster.rangeOf(key).first() ? token + 1 : token - 1;
        cluster.damage("eu-1", "UPDATE customers SET ring_token = %d WHERE customer_key = '%s'".formatted(wrong, key));

        assertSoundButFor(
                bank.verify(), found(new WrongToken("eu-1", "customers", key, wrong, OptionalLong.of(token))));
    }

    @Test
    void an_entry_with_a_wrong_token_counts_to_its_customer_all_the_same() throws SQLException {
        long wrong = cluster.rangeOf(key).last();
        cluster.damage(
                "eu-1",
                "UPDATE account_entries SET ring_token = %d WHERE customer_key = '%s' AND account = 'SAVINGS'"
                        .formatted(wrong, key));

        assertSoundButFor(
                bank.verify(), found(new WrongToken("eu-1", "account_entries", key, wrong, OptionalLong.of(token))));
    }

    @Test
    void a_customer_whose_rows_carry_two_tokens_and_whose_balance_differs_is_told_once() throws SQLException {
        cluster.damage(
                "eu-1",
                "UPDATE account_entries SET ring_token = %d, amount = 99.00 WHERE customer_key = '%s' AND account = 'SAVINGS'"
                        .formatted(cluster.rangeOf(key).last(), key));

        Verification found = bank.verify();

        assertThat(found.rows().wrongTokens().count()).isEqualTo(1);
        assertThat(unbalanced(found)).isEqualTo(found(unbalanced("100.00", "99.00")));
    }

    @Test
    void a_wrong_token_that_lies_where_a_purge_would_delete_is_found() throws SQLException {
        cluster.damage(
                "eu-1",
                "INSERT INTO ringshard.departed_range (first_token, last_token, epoch, target) SELECT first_token, last_token, 9, 'eu-2' FROM (VALUES (%1$d, %1$d)) AS one (first_token, last_token)"
                        .formatted(foreignToken()));
        cluster.damage(
                "eu-1",
                "UPDATE customers SET ring_token = %d WHERE customer_key = '%s'".formatted(foreignToken(), key));

        Verification found = bank.verify();

        assertThat(found.rows().wrongTokens().examples())
                .containsExactly(new WrongToken("eu-1", "customers", key, foreignToken(), OptionalLong.of(token)));
        assertThat(unbalanced(found).examples()).extracting(AuditFinding::key).containsExactly(key);
        assertThat(found.rows().misplaced().isNone()).isTrue();
    }

    private long foreignToken() {
        return cluster.token(cluster.keyOn("eu-2"));
    }

    @Test
    void a_row_whose_key_cannot_be_one_is_found() throws SQLException {
        cluster.insertCustomer("eu-1", "", token);

        assertSoundButFor(bank.verify(), found(new WrongToken("eu-1", "customers", "", token, OptionalLong.empty())));
    }

    @Test
    void a_key_on_two_shards_is_found_with_both() throws SQLException {
        cluster.insertCustomer("eu-3", key, token);

        assertSoundButFor(
                bank.verify(),
                found(new MisplacedRow("eu-3", "customers", Optional.of(key), token, Optional.of("eu-1"))),
                found(new SharedKey(key, List.of("eu-1", "eu-3"))));
    }

    @Test
    void a_key_on_three_shards_is_told_once() throws SQLException {
        cluster.insertCustomer("eu-2", key, token);
        cluster.insertCustomer("eu-3", key, token);

        Verification found = bank.verify();

        assertThat(found.rows().misplaced().count()).isEqualTo(2);
        assertThat(found.rows().duplicated()).isEqualTo(found(new SharedKey(key, List.of("eu-1", "eu-2", "eu-3"))));
    }

    @Test
    void a_key_with_a_wrong_token_where_it_does_not_belong_is_on_two_shards() throws SQLException {
        cluster.insertCustomer("eu-2", key, foreignToken());

        assertSoundButFor(
                bank.verify(),
                found(new WrongToken("eu-2", "customers", key, foreignToken(), OptionalLong.of(token))),
                found(new SharedKey(key, List.of("eu-1", "eu-2"))));
    }

    @Test
    void a_balance_that_differs_by_a_cent_is_found() throws SQLException {
        cluster.damage(
                "eu-1", "UPDATE customers SET savings = savings + 0.01 WHERE customer_key = '%s'".formatted(key));

        assertSoundButFor(bank.verify(), found(unbalanced("100.01", "100.00")));
    }

    @Test
    void money_that_went_from_one_customer_to_another_without_an_entry_is_found_with_both() throws SQLException {
        cluster.insertCustomer("eu-1", "payee", token); // even of one token
        cluster.damage("eu-1", "UPDATE customers SET savings = savings - 7 WHERE customer_key = '%s'".formatted(key));
        cluster.damage("eu-1", "UPDATE customers SET savings = 7 WHERE customer_key = 'payee'");

        assertThat(unbalanced(bank.verify()).examples())
                .extracting(AuditFinding::key)
                .containsExactlyInAnyOrder(key, "payee");
    }

    @Test
    void money_that_went_from_one_account_to_another_without_an_entry_is_found() throws SQLException {
        cluster.damage(
                "eu-1",
                "UPDATE customers SET savings = savings - 7, checking = checking + 7 WHERE customer_key = '%s'"
                        .formatted(key));

        assertThat(unbalanced(bank.verify()).examples())
                .extracting(AuditFinding::text)
                .containsExactly("SAVINGS holds 93.00, its entries add up to 100.00;"
                        + " CHECKING holds 8.00, its entries add up to 1.00");
    }

    @Test
    void entries_without_a_customer_are_found() throws SQLException {
        cluster.damage("eu-1", "DELETE FROM customers WHERE customer_key = '%s'".formatted(key));

        Verification found = bank.verify();

        assertThat(unbalanced(found).examples()).singleElement().satisfies(orphan -> {
            assertThat(orphan.key()).isEqualTo(key);
            assertThat(orphan.text()).isEqualTo("""
                    SAVINGS has entries that add up to 100.00, and no customer; \
                    CHECKING has entries that add up to 1.00, and no customer; \
                    RETIREMENT_401K has entries that add up to 0.50, and no customer""");
        });
        assertThat(found.extent().owned()).containsEntry("customers", CUSTOMERS - 1L);
    }

    @Test
    void an_entry_that_is_missing_is_found() throws SQLException {
        cluster.damage(
                "eu-1", "DELETE FROM account_entries WHERE customer_key = '%s' AND account = 'SAVINGS'".formatted(key));

        assertSoundButFor(bank.verify(), found(unbalanced("100.00", "0.00")));
    }

    @Test
    void a_range_that_nobody_owns_is_found_with_the_rows_that_nobody_serves() throws SQLException {
        TokenRange range = ownedRangeOf(key);
        cluster.damage("eu-1", "DELETE FROM ringshard.owned_range WHERE first_token = " + range.first());

        Verification found = cluster.verifyImpatiently();

        assertThat(found.ring().uncovered()).isEqualTo(found(range));
        assertThat(found.ring().doublyOwned().isNone()).isTrue();
        assertThat(found.rows().misplaced().examples())
                .contains(new MisplacedRow("eu-1", "customers", Optional.of(key), token, Optional.empty()));
        assertThat(found.rows().duplicated().isNone()).isTrue();
        assertThat(unbalanced(found).isNone()).isTrue();
    }

    @Test
    void a_range_that_two_shards_own_is_found_with_both_and_so_are_the_customers_that_both_have() throws SQLException {
        cluster.damage("eu-2", "INSERT INTO ringshard.owned_range VALUES (%1$d, %1$d, 7)".formatted(token));
        cluster.insertCustomer("eu-2", key, token);

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

        Verification found = bank.verify();

        assertSoundButFor(found, found(new SharedRange(new TokenRange(token, token), List.of("eu-1"))));
        assertThatThrownBy(bank::recover)
                .isInstanceOf(CorruptionException.class)
                .hasMessageContaining("eu-1")
                .hasMessageContaining("Nothing was deleted");
        assertThat(bank.customers().find(key)).isPresent();
    }

    @Test
    void of_many_findings_some_are_named_and_all_are_counted() throws SQLException {
        for (String shard : List.of("eu-1", "eu-2", "eu-3")) {
            cluster.damage(shard, "UPDATE customers SET savings = savings + 1");
        }

        Found<AuditFinding> found = unbalanced(bank.verify(7, VerifyProgress.NONE));

        assertThat(found.count()).isEqualTo(CUSTOMERS);
        assertThat(found.examples()).hasSize(7).doesNotHaveDuplicates();
        assertThat(unbalanced(bank.verify(0, VerifyProgress.NONE))).isEqualTo(new Found<>(CUSTOMERS, List.of()));
    }

    @Test
    void progress_ends_with_all_rows_and_knew_about_how_many_there_are() {
        AtomicLong rows = new AtomicLong();
        AtomicLong estimated = new AtomicLong();
        bank.verify(1, (done, all) -> {
            rows.accumulateAndGet(done, Math::max);
            estimated.set(all);
        });

        assertThat(rows).hasValue(CUSTOMERS * (1 + ENTRIES_EACH));
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
        assertThat(found.extent().rows()).isEqualTo(CUSTOMERS * (1 + ENTRIES_EACH) + 6);
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
