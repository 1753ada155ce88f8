package dev.ringshard.bank;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringshard.Ringshard;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.config.RingshardConfig;
import dev.ringshard.testing.TestCluster;
import dev.ringshard.testing.TestDatabase;
import dev.ringshard.verify.AuditFinding;
import dev.ringshard.verify.AuditFindings;
import dev.ringshard.verify.Occurrences;
import dev.ringshard.verify.Verification;
import dev.ringshard.verify.VerifyProgress;
import dev.ringshard.verify.WrongToken;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Books that are damaged by hand, past the fence, in each way that a verification of the bank must find. */
abstract class BalanceAuditContract {
    private static final int CUSTOMERS = 40;

    private final DatabaseKind kind;
    private final RingshardConfig config;
    private final Ringshard ringshard;
    private final String key;
    private final long token;

    BalanceAuditContract(DatabaseKind kind) {
        this.kind = kind;
        this.config = TestCluster.founded(kind, 3);
        this.ringshard = Ringshard.open(config);
        this.key = keyOn("eu-1");
        this.token = ringshard.router().token(key);
    }

    /** Customers with 100.00 on savings, 1.00 on checking and 0.50 on retirement: three entries each. */
    @BeforeEach
    void create() {
        ringshard
                .customers()
                .createAll(IntStream.range(0, CUSTOMERS)
                        .mapToObj(i ->
                                new NewCustomer("c-" + i, "Ada", "Lovelace", new Balances("100.00", "1.00", "0.50")))
                        .toList());
    }

    @AfterEach
    void close() {
        ringshard.close();
    }

    @Test
    void a_sound_bank_is_ok_and_all_of_its_rows_were_read() {
        Verification found = ringshard.verify();

        assertThat(found.isOk()).isTrue();
        assertThat(unbalanced(found).isNone()).isTrue();
        assertThat(found.extent().rows()).isEqualTo(CUSTOMERS * (1 + 3));
        assertThat(found.extent().owned()).containsEntry("customers", (long) CUSTOMERS);
    }

    @Test
    void deposits_withdrawals_and_transfers_leave_it_sound() {
        String other = keyOn("eu-2");
        ringshard.customers().deposit(key, Account.SAVINGS, new BigDecimal("12345.67"), OperationId.random());
        ringshard.customers().withdraw(other, Account.CHECKING, new BigDecimal("1.00"), OperationId.random());
        ringshard
                .customers()
                .transfer(
                        new AccountRef(key, Account.SAVINGS),
                        new AccountRef(key, Account.CHECKING),
                        new BigDecimal("1.00"),
                        OperationId.random());
        ringshard.customers().create(new NewCustomer("poor", "Ada", "Lovelace"));
        ringshard.customers().delete("poor");

        assertThat(ringshard.verify().isOk()).isTrue();
    }

    @Test
    void an_entry_with_a_wrong_token_counts_to_its_customer_all_the_same() throws SQLException {
        long wrong = ringshard.router().locate(key).range().last();
        damage(
                "eu-1",
                "UPDATE account_entries SET ring_token = %d WHERE customer_key = '%s' AND account = 'SAVINGS'"
                        .formatted(wrong, key));

        Verification found = ringshard.verify();

        assertThat(found.rows().wrongTokens())
                .isEqualTo(one(new WrongToken("eu-1", "account_entries", key, wrong, OptionalLong.of(token))));
        assertThat(unbalanced(found).isNone()).isTrue();
    }

    @Test
    void a_customer_whose_rows_carry_two_tokens_and_whose_balance_differs_is_told_once() throws SQLException {
        damage(
                "eu-1",
                "UPDATE account_entries SET ring_token = %d, amount = 99.00 WHERE customer_key = '%s' AND account = 'SAVINGS'"
                        .formatted(ringshard.router().locate(key).range().last(), key));

        Verification found = ringshard.verify();

        assertThat(found.rows().wrongTokens().count()).isEqualTo(1);
        assertThat(unbalanced(found)).isEqualTo(one(unbalanced("100.00", "99.00")));
    }

    @Test
    void a_balance_that_differs_by_a_cent_is_found() throws SQLException {
        damage("eu-1", "UPDATE customers SET savings = savings + 0.01 WHERE customer_key = '%s'".formatted(key));

        assertOnlyUnbalanced(ringshard.verify(), unbalanced("100.01", "100.00"));
    }

    @Test
    void money_that_went_from_one_customer_to_another_without_an_entry_is_found_with_both() throws SQLException {
        insertPayee(); // even of one token
        damage("eu-1", "UPDATE customers SET savings = savings - 7 WHERE customer_key = '%s'".formatted(key));
        damage("eu-1", "UPDATE customers SET savings = 7 WHERE customer_key = 'payee'");

        assertThat(unbalanced(ringshard.verify()).examples())
                .extracting(AuditFinding::key)
                .containsExactlyInAnyOrder(key, "payee");
    }

    @Test
    void money_that_went_from_one_account_to_another_without_an_entry_is_found() throws SQLException {
        damage(
                "eu-1",
                "UPDATE customers SET savings = savings - 7, checking = checking + 7 WHERE customer_key = '%s'"
                        .formatted(key));

        assertThat(unbalanced(ringshard.verify()).examples())
                .extracting(AuditFinding::text)
                .containsExactly("SAVINGS holds 93.00, its entries add up to 100.00;"
                        + " CHECKING holds 8.00, its entries add up to 1.00");
    }

    @Test
    void entries_without_a_customer_are_found() throws SQLException {
        damage("eu-1", "DELETE FROM customers WHERE customer_key = '%s'".formatted(key));

        Verification found = ringshard.verify();

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
        damage("eu-1", "DELETE FROM account_entries WHERE customer_key = '%s' AND account = 'SAVINGS'".formatted(key));

        assertOnlyUnbalanced(ringshard.verify(), unbalanced("100.00", "0.00"));
    }

    @Test
    void of_many_findings_some_are_named_and_all_are_counted() throws SQLException {
        for (String shard : List.of("eu-1", "eu-2", "eu-3")) {
            damage(shard, "UPDATE customers SET savings = savings + 1");
        }

        Occurrences<AuditFinding> found = unbalanced(ringshard.verify(7, VerifyProgress.NONE));

        assertThat(found.count()).isEqualTo(CUSTOMERS);
        assertThat(found.examples()).hasSize(7).doesNotHaveDuplicates();
        assertThat(unbalanced(ringshard.verify(0, VerifyProgress.NONE)))
                .isEqualTo(new Occurrences<>(CUSTOMERS, List.of()));
    }

    private static void assertOnlyUnbalanced(Verification found, AuditFinding expected) {
        assertThat(unbalanced(found)).isEqualTo(one(expected));
        assertThat(found.ring().uncovered().isNone()).isTrue();
        assertThat(found.rows().misplaced().isNone()).isTrue();
        assertThat(found.rows().wrongTokens().isNone()).isTrue();
        assertThat(found.rows().duplicated().isNone()).isTrue();
        assertThat(found.isSound()).isFalse();
    }

    private static Occurrences<AuditFinding> unbalanced(Verification found) {
        assertThat(found.audits()).extracting(AuditFindings::kind).containsExactly("unbalanced", "transit");
        return found.audits().get(0).found();
    }

    private AuditFinding unbalanced(String balance, String entries) {
        return new AuditFinding("eu-1", key, "SAVINGS holds %s, its entries add up to %s".formatted(balance, entries));
    }

    private static <T> Occurrences<T> one(T only) {
        return new Occurrences<>(1, List.of(only));
    }

    private String keyOn(String shard) {
        return Stream.iterate(0, i -> i + 1)
                .limit(CUSTOMERS)
                .map(i -> "c-" + i)
                .filter(candidate ->
                        ringshard.router().locate(candidate).shard().equals(shard))
                .findFirst()
                .orElseThrow();
    }

    private void insertPayee() throws SQLException {
        damage(
                "eu-1",
                "INSERT INTO customers (customer_key, first_name, last_name, ring_token) VALUES ('payee', 'Eve', 'Moriarty', %d)"
                        .formatted(token));
    }

    /** Runs a statement past the fence. */
    private void damage(String shard, String sql) throws SQLException {
        try (Connection connection =
                        TestDatabase.of(config.shard(shard).orElseThrow()).connect();
                Statement statement = connection.createStatement()) {
            statement.execute(
                    kind == DatabaseKind.POSTGRESQL ? "SET ringshard.mover = 'on'" : "SET @ringshard_mover = 'on'");
            statement.executeUpdate(sql);
        }
    }
}
