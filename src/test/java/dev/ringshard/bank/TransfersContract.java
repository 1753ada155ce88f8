package dev.ringshard.bank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.config.DatabaseKind;
import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.testing.Threads;
import java.sql.SQLException;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Transfers within a customer, and between customers of one shard; {@link TransfersBetweenShardsContract} has the others. */
abstract class TransfersContract extends CustomersContract {
    private String payer = "";
    private String neighbour = "";
    private String stranger = "";

    TransfersContract(DatabaseKind... kinds) {
        super(kinds);
    }

    /** The payer and the neighbour share a shard; the stranger lives on another. */
    @BeforeEach
    void createThree() {
        payer = customerWith("100", "payer");
        neighbour = customerWith("50", keyWhere("neighbour", shardOf(payer)::equals));
        stranger = customerWith("50", keyWhere("stranger", shard -> !shard.equals(shardOf(payer))));
    }

    private static AccountRef checking(String key) {
        return new AccountRef(key, Account.CHECKING);
    }

    private static AccountRef savings(String key) {
        return new AccountRef(key, Account.SAVINGS);
    }

    @Test
    void money_moves_between_two_accounts_of_a_customer() {
        assertThat(customers.transfer(checking(payer), savings(payer), money("30"), id("op")))
                .isEqualTo(new Posting.Applied(money("70.00")));

        assertThat(found(payer).balances()).isEqualTo(new Balances("30", "70", "0"));
        assertThat(customers.entries(payer, 10))
                .extracting(AccountEntry::amount)
                .containsExactly(money("30.00"), money("-30.00"), money("100.00"));
    }

    @Test
    void money_moves_between_two_customers_of_one_shard() {
        assertThat(customers.transfer(checking(payer), savings(neighbour), money("30"), id("op")))
                .isEqualTo(new Posting.Applied(money("70.00")));

        assertThat(found(payer).balances()).isEqualTo(new Balances("0", "70", "0"));
        assertThat(found(neighbour).balances()).isEqualTo(new Balances("30", "50", "0"));
    }

    @Test
    void an_account_cannot_pay_itself() {
        assertRefused(
                InvalidInputException.class,
                "two different accounts",
                () -> customers.transfer(checking(payer), checking(payer), money("1"), id("op")),
                payer);
    }

    @Test
    void a_repeated_transfer_changes_nothing() {
        customers.transfer(checking(payer), checking(neighbour), money("80"), id("between"));
        customers.transfer(checking(neighbour), savings(neighbour), money("130"), id("within"));
        Everything before = everything(payer);
        Everything neighbourBefore = everything(neighbour);

        assertThat(customers.transfer(checking(payer), checking(neighbour), money("80"), id("between")))
                .isEqualTo(new Posting.AlreadyApplied(money("20.00")));
        assertThat(customers.transfer(checking(neighbour), savings(neighbour), money("130"), id("within")))
                .isEqualTo(new Posting.AlreadyApplied(money("0.00")));
        assertThat(everything(payer)).isEqualTo(before);
        assertThat(everything(neighbour)).isEqualTo(neighbourBefore);
    }

    /** As after a lost answer, when somebody has moved the payee's range meanwhile. */
    @Test
    void a_transfer_that_is_repeated_after_its_customers_were_parted_tells_that_it_was_done() throws SQLException {
        long first = firstTokenOf(payer);
        String other = customerWith(
                "50",
                Stream.iterate(0, i -> i + 1)
                        .map(i -> "other-" + i)
                        .filter(key -> shardOf(key).equals(shardOf(payer)) && firstTokenOf(key) != first)
                        .findFirst()
                        .orElseThrow());
        customers.transfer(checking(payer), savings(other), money("30"), id("op"));
        long moved = firstTokenOf(other);
        String home = shardOf(other);
        String away = shardOf(stranger);
        move(home, away, moved);
        try {
            assertThat(customers.transfer(checking(payer), savings(other), money("30"), id("op")))
                    .isEqualTo(new Posting.AlreadyApplied(money("70.00")));
            assertRefused(
                    InvalidInputException.class,
                    "Operation id op was used before for another operation",
                    () -> customers.transfer(checking(payer), savings(other), money("31"), id("op")),
                    payer,
                    other);
        } finally {
            move(away, home, moved);
        }
    }

    @Test
    void the_operation_id_of_a_transfer_cannot_be_used_for_another_one() {
        String other = customerWith("50", keyWhere("other", shard -> shard.equals(shardOf(payer))));
        customers.transfer(checking(payer), checking(neighbour), money("10"), id("op"));

        assertIdRefused(checking(payer), checking(neighbour), "11", other);
        assertIdRefused(checking(payer), savings(neighbour), "10", other);
        assertIdRefused(savings(payer), checking(neighbour), "10", other);
        assertIdRefused(checking(payer), checking(other), "10", other);
        assertIdRefused(checking(payer), savings(payer), "10", other);
        assertIdRefused(checking(neighbour), checking(payer), "10", other);
    }

    @Test
    void the_operation_id_of_a_deposit_or_withdrawal_of_the_payer_cannot_be_used_for_a_transfer() {
        customers.withdraw(payer, Account.CHECKING, money("10"), id("op"));

        assertIdRefused(checking(payer), checking(neighbour), "10", stranger);
        assertIdRefused(checking(payer), savings(payer), "10", stranger);
    }

    @Test
    void the_operation_id_of_a_transfer_cannot_be_used_for_a_deposit_or_a_withdrawal() {
        customers.transfer(checking(payer), savings(neighbour), money("30"), id("op"));

        assertThatThrownBy(() -> customers.withdraw(payer, Account.CHECKING, money("30"), id("op")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("Operation id op was used before for another operation");
        assertThatThrownBy(() -> customers.deposit(neighbour, Account.SAVINGS, money("30"), id("op")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("Operation id op was used before for another operation");
    }

    /** As between shards: where the two live must not matter to who calls. */
    @Test
    void the_money_comes_back_if_there_is_no_payee_or_it_does_not_fit_or_the_id_was_used() {
        String nobody = keyWhere("nobody", shardOf(payer)::equals);
        String full = customerWith("99999999999999999.99", keyWhere("full", shardOf(payer)::equals));
        customers.deposit(neighbour, Account.CHECKING, money("10"), id("used"));
        Posting.Refunded refunded = new Posting.Refunded(money("100.00"));

        assertThat(customers.transfer(checking(payer), checking(nobody), money("30"), id("one")))
                .isEqualTo(refunded);
        assertThat(customers.transfer(checking(payer), checking(full), money("0.01"), id("two")))
                .isEqualTo(refunded);
        assertThat(customers.transfer(checking(payer), checking(neighbour), money("10"), id("used")))
                .isEqualTo(refunded);

        assertThat(balance(payer, Account.CHECKING)).isEqualTo(money("100.00"));
        assertThat(balance(neighbour, Account.CHECKING)).isEqualTo(money("60.00"));
        assertThat(customers.entries(payer, 100)).hasSize(7);
        customerWith("5", nobody);
        assertThat(customers.transfer(checking(payer), checking(nobody), money("30"), id("one")))
                .as("who was refused once is not paid later")
                .isEqualTo(refunded);
        assertThat(balance(nobody, Account.CHECKING)).isEqualTo(money("5.00"));
    }

    private void assertIdRefused(AccountRef from, AccountRef to, String amount, String other) {
        assertRefused(
                InvalidInputException.class,
                "used before",
                () -> customers.transfer(from, to, money(amount), id("op")),
                payer,
                neighbour,
                other);
    }

    @Test
    void too_little_money_is_an_answer_and_the_operation_id_stays_free() {
        assertThat(customers.transfer(checking(payer), checking(neighbour), money("100.01"), id("op")))
                .isEqualTo(new Posting.InsufficientFunds(money("100.00")));
        assertThat(balance(neighbour, Account.CHECKING)).isEqualTo(money("50.00"));

        assertThat(customers.transfer(
                        checking(payer), checking(neighbour), money("100.01"), id("op"), Overdraft.ALLOWED))
                .isEqualTo(new Posting.Applied(money("-0.01")));
        assertThat(balance(neighbour, Account.CHECKING)).isEqualTo(money("150.01"));
    }

    @Test
    void a_payer_who_is_not_there_leaves_the_payee_as_is() {
        String nobody = keyWhere("nobody", shardOf(payer)::equals);

        assertRefused(
                CustomerNotFoundException.class,
                nobody,
                () -> customers.transfer(checking(nobody), checking(payer), money("1"), id("op")),
                payer);
    }

    @Test
    void a_balance_of_the_own_account_that_would_not_fit_leaves_both_as_they_are() {
        String full = customerWith("99999999999999999.99", "full");
        customers.deposit(full, Account.SAVINGS, money("1"), id("first"));

        assertRefused(
                InvalidInputException.class,
                "17 digits",
                () -> customers.transfer(savings(full), checking(full), money("0.01"), id("op")),
                full);
    }

    @Test
    void transfers_in_opposite_directions_at_once_do_not_disturb_each_other() {
        Threads.atOnce(8, thread -> {
            for (int i = 0; i < 25; i++) {
                AccountRef from = checking(thread % 2 == 0 ? payer : neighbour);
                AccountRef to = checking(thread % 2 == 0 ? neighbour : payer);
                assertThat(customers.transfer(from, to, money("1.01"), id("op-" + thread + "-" + i), Overdraft.ALLOWED))
                        .isInstanceOf(Posting.Applied.class);
            }
            return thread;
        });

        assertThat(balance(payer, Account.CHECKING)).isEqualTo(money("100.00"));
        assertThat(balance(neighbour, Account.CHECKING)).isEqualTo(money("50.00"));
        assertThat(customers.entries(payer, 1000)).hasSize(201);
    }

    @Test
    void money_that_goes_round_in_a_circle_at_once_comes_back() {
        String third = customerWith("10", keyWhere("third", shardOf(payer)::equals));
        String[] circle = {payer, neighbour, third};

        Threads.atOnce(6, thread -> {
            for (int i = 0; i < 20; i++) {
                customers.transfer(
                        checking(circle[thread % 3]),
                        checking(circle[(thread + 1) % 3]),
                        money("3"),
                        id("op-" + thread + "-" + i),
                        Overdraft.ALLOWED);
            }
            return thread;
        });

        assertThat(balance(payer, Account.CHECKING)).isEqualTo(money("100.00"));
        assertThat(balance(neighbour, Account.CHECKING)).isEqualTo(money("50.00"));
        assertThat(balance(third, Account.CHECKING)).isEqualTo(money("10.00"));
    }

    @Test
    void the_same_transfer_from_many_threads_at_once_is_applied_once() {
        var postings = Threads.atOnce(
                8, thread -> customers.transfer(checking(payer), checking(neighbour), money("100"), id("op")));

        assertThat(postings).containsOnlyOnce(new Posting.Applied(money("0.00")));
        assertThat(postings)
                .filteredOn(new Posting.AlreadyApplied(money("0.00"))::equals)
                .hasSize(7);
    }
}
