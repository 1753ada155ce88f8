package dev.ringshard.bank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringshard.Ringshard;
import dev.ringshard.config.DatabaseKind;
import dev.ringshard.failure.InvalidInputException;
import dev.ringshard.outbox.Delivery;
import dev.ringshard.outbox.Message;
import dev.ringshard.outbox.MessageHandler;
import dev.ringshard.outbox.Outbox;
import dev.ringshard.outbox.SentMessage;
import dev.ringshard.routing.KeyedTransaction;
import dev.ringshard.testing.Threads;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Money goes between customers of two shards, once, whoever dies on the way, and every total on the way is exact. */
abstract class TransfersBetweenShardsContract extends CustomersContract {
    private String payer = "";
    private String payee = "";

    TransfersBetweenShardsContract(DatabaseKind... kinds) {
        super(kinds);
    }

    @BeforeEach
    void createTwo() {
        payer = customerWith("100", "payer");
        payee = customerWith("50", keyWhere("payee", shard -> !shard.equals(shardOf(payer))));
    }

    private static AccountRef checking(String key) {
        return new AccountRef(key, Account.CHECKING);
    }

    private Posting transfer(String amount, String id) {
        return customers.transfer(checking(payer), checking(payee), money(amount), id(id));
    }

    private void assertBalances(String ofPayer, String ofPayee) {
        assertThat(balance(payer, Account.CHECKING)).isEqualTo(money(ofPayer));
        assertThat(balance(payee, Account.CHECKING)).isEqualTo(money(ofPayee));
        assertThat(customers.totals().inTransit()).isEqualTo(money("0.00"));
        assertThat(messages()).isZero();
    }

    private long messages() {
        long messages = 0;
        for (Connection connection : cluster.connections().values()) {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("SELECT count(*) FROM ringshard.outbox")) {
                row.next();
                messages += row.getLong(1);
            } catch (SQLException failed) {
                throw new IllegalStateException(failed);
            }
        }
        return messages;
    }

    /** As a process that died right after the payer's transaction: nobody delivers. */
    private void payOnly(String amount, String id) throws SQLException {
        try (Ringshard dying = Ringshard.open(cluster.config())) {
            Posting posting = dying.router().transaction(payer, transaction -> {
                dying.customers(); // registers the handler
                return paid(dying, transaction, amount, id);
            });
            assertThat(posting).isInstanceOf(Posting.Applied.class);
        }
    }

    private Posting paid(Ringshard dying, dev.ringshard.routing.KeyedTransaction transaction, String amount, String id)
            throws SQLException {
        return dying.customers().transfers().pay(transaction, checking(payer), checking(payee), money(amount), id(id));
    }

    private Outbox outbox() {
        return cluster.ringshard().outbox();
    }

    @Test
    void money_arrives_and_both_have_an_entry_of_the_operation() {
        assertThat(transfer("30", "op")).isEqualTo(new Posting.Applied(money("70.00")));

        assertBalances("70.00", "80.00");
        assertThat(customers.findEntry(payer, id("op")).orElseThrow().amount()).isEqualTo(money("-30.00"));
        assertThat(customers.findEntry(payee, id("op")).orElseThrow().amount()).isEqualTo(money("30.00"));
    }

    @Test
    void what_a_customer_has_sent_and_is_not_known_to_have_arrived_is_told_until_it_has() throws SQLException {
        payOnly("30", "first");
        payOnly("10", "second");

        assertThat(customers.inTransit(payer))
                .containsExactly(
                        new TransferInTransit(id("first"), Account.CHECKING, checking(payee), money("30.00")),
                        new TransferInTransit(id("second"), Account.CHECKING, checking(payee), money("10.00")));
        assertThat(customers.inTransit(payee)).isEmpty();

        outbox().deliverAll();

        assertThat(customers.inTransit(payer)).isEmpty();
    }

    @Test
    void a_repeated_transfer_changes_nothing() {
        transfer("30", "op");

        assertThat(transfer("30", "op")).isEqualTo(new Posting.AlreadyApplied(money("70.00")));
        assertBalances("70.00", "80.00");
    }

    @Test
    void too_little_money_is_an_answer_and_the_operation_id_stays_free() {
        assertThat(transfer("100.01", "op")).isEqualTo(new Posting.InsufficientFunds(money("100.00")));
        assertBalances("100.00", "50.00");

        assertThat(transfer("100", "op")).isEqualTo(new Posting.Applied(money("0.00")));
        assertBalances("0.00", "150.00");
    }

    @Test
    void the_money_comes_back_if_there_is_no_payee_or_it_does_not_fit_or_the_id_was_used() {
        String nobody = keyWhere("nobody", shardOf(payee)::equals);
        String full = customerWith("99999999999999999.99", keyWhere("full", shardOf(payee)::equals));
        customers.deposit(payee, Account.CHECKING, money("1"), id("used"));

        assertThat(customers.transfer(checking(payer), checking(nobody), money("30"), id("one")))
                .isEqualTo(new Posting.Refunded(money("100.00")));
        assertThat(customers.transfer(checking(payer), checking(full), money("30"), id("two")))
                .isEqualTo(new Posting.Refunded(money("100.00")));
        assertThat(transfer("1", "used")).isEqualTo(new Posting.Refunded(money("100.00")));

        assertBalances("100.00", "51.00");
        assertThat(customers.transfer(checking(payer), checking(nobody), money("30"), id("one")))
                .isEqualTo(new Posting.Refunded(money("100.00")));
        assertThat(customers.entries(payer, 100)).hasSize(7);
    }

    /** Who was refused once is not paid later, even if the payee is there by then. */
    @Test
    void a_message_that_was_refused_is_never_accepted() throws SQLException {
        String late = keyWhere("late", shardOf(payee)::equals);
        customers.transfer(checking(payer), checking(late), money("30"), id("op"));
        customerWith("5", late);

        assertThat(customers.transfer(checking(payer), checking(late), money("30"), id("op")))
                .isEqualTo(new Posting.Refunded(money("100.00")));
        assertThat(outbox().sent(payer)).isEmpty();
        assertThat(balance(late, Account.CHECKING)).isEqualTo(money("5.00"));
    }

    /** What became of its messages is on record with the payee for a day. */
    @Test
    void a_customer_who_was_deleted_and_created_anew_transfers_by_ids_of_before() throws SQLException {
        transfer("100", "op");
        customers.delete(payer);
        customerWith("100", payer);

        assertThat(transfer("100", "op")).isEqualTo(new Posting.Refunded(money("100.00")));

        customers.withdraw(payee, Account.CHECKING, money("150"), id("all"));
        customers.withdraw(payer, Account.CHECKING, money("100"), id("all"));
        customers.delete(payee);
        customerWith("50", payee);
        customers.delete(payer);
        customerWith("100", payer);
        assertThat(transfer("100", "op")).isEqualTo(new Posting.Applied(money("0.00")));
        assertBalances("0.00", "150.00");
    }

    @Test
    void a_repeated_transfer_tells_that_it_was_applied_whoever_has_the_payees_key_since() {
        transfer("30", "op");
        customers.withdraw(payee, Account.CHECKING, money("80"), id("all"));
        customers.delete(payee);
        assertThat(transfer("30", "op")).isEqualTo(new Posting.AlreadyApplied(money("70.00")));

        customerWith("50", payee);
        assertThat(transfer("30", "op")).isEqualTo(new Posting.AlreadyApplied(money("70.00")));

        customers.deposit(payee, Account.CHECKING, money("1"), id("op"));
        assertThat(transfer("30", "op")).isEqualTo(new Posting.AlreadyApplied(money("70.00")));
        assertBalances("70.00", "51.00");
    }

    @Test
    void a_transfer_has_nothing_to_do_with_an_applications_message_of_the_same_id() throws SQLException {
        outbox().register("note", new MessageHandler() {
            @Override
            public boolean receive(KeyedTransaction transaction, Message message) {
                return true;
            }

            @Override
            public void refused(KeyedTransaction transaction, Message message) {}
        });
        for (String id : List.of("delivered", "pending")) {
            SentMessage sent = cluster.ringshard().router().transaction(payer, transaction -> outbox().send(
                            transaction, new Message(payer, id, payee, "note", "")));
            if (id.equals("delivered")) {
                assertThat(outbox().deliver(sent)).isEqualTo(Delivery.ACCEPTED);
            }
        }

        assertThat(transfer("30", "delivered")).isEqualTo(new Posting.Applied(money("70.00")));
        assertThat(transfer("20", "pending")).isEqualTo(new Posting.Applied(money("50.00")));

        outbox().deliverAll();
        assertBalances("50.00", "100.00");
    }

    @Test
    void nobody_sends_money_by_a_message_of_their_own() {
        Message forged = new Message(payer, "forged", payee, Transfers.TOPIC, "CHECKING CHECKING 1000.00 forged");

        assertThatThrownBy(() -> cluster.ringshard().router().transaction(payer, transaction -> outbox().send(
                                transaction, forged)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("Topics that begin with ringshard. are Ringshard's own");
        assertBalances("100.00", "50.00");
    }

    @SuppressWarnings("NullAway") // as a caller does who is not checked
    @Test
    void an_account_that_is_not_named_is_refused_before_money_is_taken() {
        assertThatThrownBy(() -> new AccountRef(payee, null))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("one of the two is missing. Nothing was done.");
    }

    @Test
    void the_id_of_a_transfer_cannot_be_used_for_another() throws SQLException {
        transfer("30", "op");
        payOnly("10", "pending");

        for (String id : List.of("op", "pending")) {
            assertThatThrownBy(() -> transfer("31", id))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("Operation id " + id + " was used before for another operation");
        }
        outbox().deliverAll();
        assertBalances("60.00", "90.00");
    }

    /** Also after it has ended, and where no trace of it is left with the second payee. */
    @Test
    void the_id_of_a_transfer_cannot_be_used_for_one_to_somebody_else() {
        transfer("30", "op");

        for (AccountRef other : List.of(
                checking("nobody"), new AccountRef(payee, Account.SAVINGS), new AccountRef(payer, Account.SAVINGS))) {
            assertThatThrownBy(() -> customers.transfer(checking(payer), other, money("30"), id("op")))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("Operation id op was used before for another operation");
        }
    }

    @Test
    void both_entries_of_a_transfer_and_that_of_a_refund_tell_whom_it_was_with() {
        transfer("30", "op");
        customers.transfer(checking(payer), new AccountRef("nobody", Account.SAVINGS), money("5"), id("lost"));

        assertThat(customers.entries(payee, 1).get(0).counterparty()).contains(checking(payer));
        assertThat(customers.entries(payer, 3))
                .extracting(entry -> entry.counterparty().orElseThrow().key())
                .containsExactly("nobody", "nobody", payee);
    }

    /** It is nowhere else meanwhile, and the payer stays. */
    @Test
    void money_that_comes_back_to_a_full_account_stays_in_transit_until_there_is_room() throws SQLException {
        String nobody = payee;
        customers.withdraw(payee, Account.CHECKING, money("50"), id("all"));
        customers.delete(payee);
        payOnly("100", "op");
        customers.deposit(payer, Account.CHECKING, money("99999999999999999.99"), id("full"));
        BigDecimal all = customers.totals().money();

        assertThat(outbox().deliverAll()).isZero();
        assertThat(transfer("100", "op")).isEqualTo(new Posting.InTransit(money("0.00")));
        assertThat(customers.totals().inTransit()).isEqualTo(money("100.00"));
        assertThat(customers.totals().money()).isEqualTo(all);
        assertThat(cluster.ringshard().verify().isSound()).isTrue();

        customers.withdraw(payer, Account.CHECKING, money("99999999999999999.99"), id("room"));
        assertThat(outbox().deliverAll()).isEqualTo(1);
        assertThat(transfer("100", "op")).isEqualTo(new Posting.Refunded(money("100.00")));
        assertThat(customers.find(nobody)).isEmpty();
        assertThat(customers.totals().inTransit()).isEqualTo(money("0.00"));
    }

    @Test
    void money_whose_sender_died_is_in_transit_until_somebody_delivers_it() throws SQLException {
        BigDecimal before = customers.totals().money();
        payOnly("30", "op");

        assertThat(customers.totals().inTransit()).isEqualTo(money("30.00"));
        assertThat(customers.totals().money()).isEqualTo(before);
        assertThat(cluster.ringshard().verify().isSound()).isTrue();
        assertThat(balance(payee, Account.CHECKING)).isEqualTo(money("50.00"));

        assertThat(outbox().deliverDue()).as("not yet: its sender may be alive").isZero();
        assertThat(outbox().deliverAll()).isEqualTo(1);
        assertBalances("70.00", "80.00");
        assertThat(outbox().deliverAll()).isZero();
    }

    @Test
    void money_whose_sender_died_is_delivered_in_the_background() throws SQLException {
        payOnly("30", "op");
        cluster.execute("UPDATE ringshard.outbox SET due_at = CURRENT_TIMESTAMP");

        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> messages() == 0);

        assertBalances("70.00", "80.00");
    }

    @Test
    void verify_finds_money_that_no_message_knows_of() throws SQLException {
        payOnly("30", "op");
        cluster.execute("DELETE FROM ringshard.outbox");
        try {
            assertThat(cluster.ringshard().verify().audits())
                    .filteredOn(audit -> !audit.found().isNone())
                    .singleElement()
                    .satisfies(
                            audit -> assertThat(audit.found().examples().get(0).text())
                                    .isEqualTo(
                                            "customers have sent 30.00 more than others have got, and messages say that 0.00 is on its way"));
        } finally {
            cluster.execute("DELETE FROM customer_clearing");
        }
    }

    @Test
    void a_repeated_call_brings_to_its_end_what_its_sender_has_begun() throws SQLException {
        payOnly("30", "op");

        assertThat(transfer("30", "op")).isEqualTo(new Posting.AlreadyApplied(money("70.00")));
        assertBalances("70.00", "80.00");
    }

    @Test
    void what_was_sent_before_arrives_before() throws SQLException {
        payOnly("10", "first");
        payOnly("20", "second");

        assertThat(transfer("30", "third")).isEqualTo(new Posting.Applied(money("40.00")));

        assertBalances("40.00", "110.00");
        assertThat(customers.entries(payee, 3))
                .extracting(AccountEntry::amount)
                .containsExactly(money("30.00"), money("20.00"), money("10.00"));
    }

    @Test
    void a_payer_with_money_in_transit_cannot_be_deleted() throws SQLException {
        payOnly("100", "op");

        assertRefused(InvalidInputException.class, "on its way", () -> customers.delete(payer), payer);

        outbox().deliverAll();
        assertThat(customers.delete(payer)).isTrue();
        assertThat(customers.totals().money()).isEqualTo(money("150.00"));
        assertThat(customers.totals().inTransit()).isEqualTo(money("0.00"));
    }

    @Test
    void money_in_transit_moves_with_its_payer_and_arrives_where_the_payee_has_moved_to() throws SQLException {
        payOnly("30", "op");
        long ofPayer = firstTokenOf(payer);
        long ofPayee = firstTokenOf(payee);
        String home = shardOf(payer);
        String away = shardOf(payee);
        move(home, away, ofPayer);
        move(away, home, ofPayee);
        try {
            assertThat(customers.totals().inTransit()).isEqualTo(money("30.00"));
            assertThat(outbox().deliverAll()).isEqualTo(1);
            assertBalances("70.00", "80.00");
            assertThat(transfer("30", "op")).isEqualTo(new Posting.AlreadyApplied(money("70.00")));
        } finally {
            move(home, away, ofPayee);
            move(away, home, ofPayer);
        }
    }

    @Test
    void the_same_transfer_from_many_threads_at_once_is_applied_once() {
        var postings = Threads.atOnce(8, thread -> transfer("100", "op"));

        assertThat(postings).containsOnlyOnce(new Posting.Applied(money("0.00")));
        assertThat(postings)
                .filteredOn(new Posting.AlreadyApplied(money("0.00"))::equals)
                .hasSize(7);
        assertBalances("0.00", "150.00");
    }

    @Test
    void totals_are_exact_at_every_moment_while_money_goes_in_both_directions_and_in_circles() {
        String third = customerWith("10", "third");
        String[] circle = {payer, payee, third};
        BigDecimal before = customers.totals().money();
        AtomicBoolean isDone = new AtomicBoolean();
        CompletableFuture<Long> reading = CompletableFuture.supplyAsync(() -> {
            long reads = 0;
            while (!isDone.get()) {
                assertThat(customers.totals().money()).isEqualTo(before);
                reads++;
            }
            return reads;
        });

        try {
            Threads.atOnce(6, thread -> {
                for (int i = 0; i < 20; i++) {
                    int from = thread % 3;
                    int to = (from + 1 + thread / 3) % 3;
                    assertThat(customers.transfer(
                                    checking(circle[from]),
                                    checking(circle[to]),
                                    money("3"),
                                    id("op-" + thread + "-" + i),
                                    Overdraft.ALLOWED))
                            .isInstanceOf(Posting.Applied.class);
                }
                return thread;
            });
        } finally {
            isDone.set(true);
        }

        assertThat(reading.join()).isPositive();
        assertBalances("100.00", "50.00");
        assertThat(balance(third, Account.CHECKING)).isEqualTo(money("10.00"));
    }
}
